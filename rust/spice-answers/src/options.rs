//! Where the options stand in the text of a multiple-choice question.

/// How a question marks its options.
#[derive(Clone, Copy)]
enum Style {
    /// `(A)`
    Parentheses,
    /// `A)`
    Parenthesis,
    /// `A.`
    Period,
    /// `A:`
    Colon,
}

const STYLES: [Style; 4] = [
    Style::Parentheses,
    Style::Parenthesis,
    Style::Period,
    Style::Colon,
];

/// A label of one style: its place in the alphabet, its first byte, and one past its last.
#[derive(Clone, Copy)]
struct Label {
    letter: u8,
    start: usize,
    end: usize,
}

/// Stem and options A to D of a question, or `None` where they are not all there, once each and in order.
///
/// Labels are sought at line starts first (`- `, `*` and spaces may stand before them), then anywhere behind a space or
/// punctuation; all are of one style, and a fifth one, E, spoils them. Emphasis around an option and a comma or semicolon
/// behind it are not part of it.
pub(crate) fn split(question: &str) -> Option<(&str, [&str; 4])> {
    let at_line_starts = STYLES.iter().map(|&style| line_labels(question, style));
    let anywhere = STYLES.iter().map(|&style| inline_labels(question, style));
    let are = |labels: &[Label], last| labels.iter().map(|label| label.letter).eq(b'A'..=last);
    let labels = at_line_starts
        .chain(anywhere)
        .find(|labels| are(labels, b'D') || are(labels, b'E'))?;
    let labels: [Label; 4] = labels.try_into().ok()?;
    let [a, b, c, d] = labels;
    let between = |label: Label, next: usize| {
        let option = question[label.end..next].trim_start_matches(is_edge);
        option.trim_end_matches(|char: char| is_edge(char) || matches!(char, ',' | ';'))
    };
    let options = [
        between(a, b.start),
        between(b, c.start),
        between(c, d.start),
        between(d, question.len()),
    ];
    (!options.contains(&"")).then(|| (question[..a.start].trim(), options))
}

/// The text of option number `index` without a label of its own.
pub(crate) fn without_label(option: &str, index: usize) -> &str {
    for style in STYLES {
        if let Some(label) = label_at(option, 0, style, b'D')
            && usize::from(label.letter - b'A') == index
        {
            return option[label.end..].trim();
        }
    }
    option
}

fn is_edge(char: char) -> bool {
    char.is_whitespace() || char == '*'
}

fn line_labels(text: &str, style: Style) -> Vec<Label> {
    let mut labels = Vec::new();
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line
            .bytes()
            .take_while(|byte| b" \t-*".contains(byte))
            .count();
        if let Some(label) = label_at(text, line_start + indent, style, b'E') {
            labels.push(Label {
                start: line_start,
                ..label
            });
        }
        line_start += line.len();
    }
    labels
}

fn inline_labels(text: &str, style: Style) -> Vec<Label> {
    let bytes = text.as_bytes();
    // Inside a line `E.` and `E:` are more often the beginning of a name (E. coli) than a fifth option.
    let last = if matches!(style, Style::Parentheses | Style::Parenthesis) {
        b'E'
    } else {
        b'D'
    };
    (0..bytes.len())
        .filter(|&at| matches!(bytes[at], b'A'..=b'E' | b'('))
        .filter(|&at| at == 0 || b" \t\n\r,;.:?!*-".contains(&bytes[at - 1]))
        .filter_map(|at| label_at(text, at, style, last))
        .collect()
}

/// The label that begins at byte `at`, with a letter up to `last`.
fn label_at(text: &str, at: usize, style: Style, last: u8) -> Option<Label> {
    let bytes = &text.as_bytes()[at..];
    let letter = |index: usize| {
        bytes
            .get(index)
            .copied()
            .filter(|byte| (b'A'..=last).contains(byte))
    };
    let ends = |index: usize| {
        bytes
            .get(index)
            .is_none_or(|byte| b" \t\n\r*".contains(byte))
    };
    let (letter, length) = match style {
        Style::Parentheses if bytes.first() == Some(&b'(') && bytes.get(2) == Some(&b')') => {
            (letter(1)?, 3)
        }
        Style::Parenthesis if bytes.get(1) == Some(&b')') => (letter(0)?, 2),
        Style::Period if bytes.get(1) == Some(&b'.') && ends(2) => (letter(0)?, 2),
        Style::Colon if bytes.get(1) == Some(&b':') && ends(2) => (letter(0)?, 2),
        _ => return None,
    };
    Some(Label {
        letter,
        start: at,
        end: at + length,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_four_styles_are_read_on_lines_and_inline() {
        for [open, close] in [["", ")"], ["(", ")"], ["", "."], ["", ":"]] {
            for separator in ["\n", " ", "; ", "\n- "] {
                let option =
                    |letter: &str, text: &str| format!("{separator}{open}{letter}{close} {text}");
                let question = format!(
                    "Which city?{}{}{}{}",
                    option("A", "Rome"),
                    option("B", "New York"),
                    option("C", "Bern"),
                    option("D", "Oslo"),
                );
                let (stem, options) = split(&question).expect(&question);
                assert_eq!(stem.trim_end_matches(';'), "Which city?");
                assert_eq!(
                    options.map(|option| option.trim_end_matches([' ', '-', '\n'])),
                    ["Rome", "New York", "Bern", "Oslo"]
                );
            }
        }
    }

    #[test]
    fn letters_out_of_order_missing_or_repeated_are_no_options() {
        for question in [
            "Q A) 1 B) 2 C) 3",
            "Q A) 1 C) 2 B) 3 D) 4",
            "Q A) 1 B) 2 C) 3 D) 4 A) 5",
            "Q A) 1 B) 2 C) D) 4",
            "Q A) 1 B) 2 C) 3 D) 4 E) 5",
            "Q\nA. 1\nB. 2\nC. 3\nD. 4\nE. 5",
        ] {
            assert_eq!(split(question), None, "{question}");
        }
        assert_eq!(
            split("Q A. 1 B. 2 C. 3 D. E. coli").map(|(_, options)| options[3]),
            Some("E. coli")
        );
    }

    #[test]
    fn an_options_own_label_goes() {
        assert_eq!(without_label("(B) x", 1), "x");
        assert_eq!(without_label("B) x", 2), "B) x");
        assert_eq!(without_label("A.M.", 0), "A.M.");
    }
}

//! Where a response says its answer: one linear pass, nothing before the last `</think>`, never "the last number".

use memchr::memchr3_iter;
use memchr::memmem::rfind;

use crate::limits::MAX_RESPONSE_BYTES;

/// Which marks count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// The last balanced box and nothing else: what the Reasoner is asked for.
    LastBox,
    /// The last `<answer>` tag, else the last balanced box, else what follows the last `####`, else what follows the last
    /// "final answer is" and its kin in several languages.
    All,
}

/// What marked the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// `\boxed{...}` or `\fbox{...}`.
    Box,
    /// `<answer>...</answer>`.
    AnswerTag,
    /// The rest of a line after `####`.
    Hashes,
    /// The rest of a sentence after words that announce an answer.
    Phrase,
}

impl How {
    /// Its name in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::AnswerTag => "answer_tag",
            Self::Hashes => "hashes",
            Self::Phrase => "phrase",
        }
    }
}

/// An answer inside a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extraction {
    /// First byte of the answer, white space left out.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// What marked it.
    pub how: How,
}

/// The answer that a response marks. Of a response longer than [`MAX_RESPONSE_BYTES`] only the end is read.
pub fn extract(text: &str, marks: Marks) -> Option<Extraction> {
    let mut begin = text.floor_char_boundary(text.len().saturating_sub(MAX_RESPONSE_BYTES));
    if let Some(think) = rfind(&text.as_bytes()[begin..], b"</think>") {
        begin += think + "</think>".len();
    }
    let tail = &text[begin..];
    let (start, end, how) = match marks {
        Marks::LastBox => boxed(tail)?,
        Marks::All => answer_tag(tail)
            .or_else(|| boxed(tail))
            .or_else(|| hashes(tail))
            .or_else(|| phrase(tail))?,
    };
    let (start, end) = trimmed(text, begin + start, begin + end);
    Some(Extraction { start, end, how })
}

/// The span without white space at its ends.
pub(crate) fn trimmed(text: &str, start: usize, end: usize) -> (usize, usize) {
    let bytes = &text.as_bytes()[start..end];
    let is_inner = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if is_inner(bytes.first()) && is_inner(bytes.last()) {
        return (start, end);
    }
    let inner = text[start..end].trim_start();
    let start = end - inner.len();
    (start, start + inner.trim_end().len())
}

/// A byte span as a span of code points, which is how Python counts.
pub fn code_points(text: &str, (start, end): (usize, usize)) -> (usize, usize) {
    let first = text[..start].chars().count();
    (first, first + text[start..end].chars().count())
}

/// Inside of the last balanced box to close. Braces behind an odd number of backslashes are text.
fn boxed(text: &str) -> Option<(usize, usize, How)> {
    let bytes = text.as_bytes();
    let mut found = None;
    let mut depth = 0_usize;
    let mut open_boxes: Vec<(usize, usize)> = Vec::new(); // (depth outside, first byte inside)
    let mut resume = 0;
    for at in memchr3_iter(b'\\', b'{', b'}', bytes) {
        if at < resume {
            continue;
        }
        match bytes[at] {
            b'\\' => {
                let after = at
                    + bytes[at..]
                        .iter()
                        .take_while(|&&byte| byte == b'\\')
                        .count();
                resume = after;
                if let Some(inside) = box_start(bytes, after) {
                    open_boxes.push((depth, inside));
                    depth += 1;
                    resume = inside;
                } else if matches!(bytes.get(after), Some(b'{' | b'}')) && (after - at) % 2 == 1 {
                    resume = after + 1;
                }
            }
            b'{' => depth += 1,
            _ if depth == 0 => {}
            _ => {
                depth -= 1;
                if let Some((_, inside)) = open_boxes.pop_if(|&mut (outside, _)| outside == depth) {
                    found = Some((inside, at, How::Box));
                }
            }
        }
    }
    found
}

/// First byte inside a box whose command's name would start at `at`.
fn box_start(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    let name = [b"boxed".as_slice(), b"fbox"]
        .into_iter()
        .find(|name| rest.starts_with(name))?;
    let spaces = rest[name.len()..]
        .iter()
        .take_while(|byte| b" \t\n\r".contains(byte))
        .count();
    let brace = name.len() + spaces;
    (rest.get(brace) == Some(&b'{')).then_some(at + brace + 1)
}

fn answer_tag(text: &str) -> Option<(usize, usize, How)> {
    let start = text.rfind("<answer>")? + "<answer>".len();
    let length = text[start..].find("</answer>")?;
    Some((start, start + length, How::AnswerTag))
}

fn hashes(text: &str) -> Option<(usize, usize, How)> {
    let start = text.rfind("####")? + "####".len();
    let length = text[start..].find('\n').unwrap_or(text.len() - start);
    Some((start, start + length, How::Hashes))
}

/// What announces a final answer, in lower case.
const PHRASES: [&str; 20] = [
    "final answer is",
    "final answer:",
    "answer is",
    "answer:",
    "answer should be",
    "答案是",
    "答案为",
    "答案：",
    "答案:",
    "答えは",
    "réponse est",
    "réponse finale est",
    "réponse :",
    "respuesta es",
    "respuesta final es",
    "respuesta:",
    "antwort ist",
    "antwort lautet",
    "antwort:",
    "ответ:",
];

/// The rest of the sentence behind the last announcement; no answer where it is denied.
fn phrase(text: &str) -> Option<(usize, usize, How)> {
    let lower = text.to_ascii_lowercase();
    let start = PHRASES
        .iter()
        .filter_map(|phrase| Some(rfind(lower.as_bytes(), phrase.as_bytes())? + phrase.len()))
        .max()?;
    let line = text[start..].split('\n').next()?;
    // A sentence ends where a space follows its period: 3.14 goes on.
    let length = [". ", "。", "! "]
        .iter()
        .filter_map(|end| line.find(end))
        .min()
        .unwrap_or(line.len());
    let is_mark = |char: char| char.is_whitespace() || matches!(char, ':' | '：' | '*' | '.');
    let sentence = line[..length].trim_start_matches(is_mark);
    let start = start + length - sentence.len();
    let answer = sentence.trim_end_matches(is_mark);
    let is_denied = answer
        .get(..4)
        .is_some_and(|word| word.eq_ignore_ascii_case("not "));
    (!answer.is_empty() && !is_denied).then_some((start, start + answer.len(), How::Phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Option<&str> {
        extract(text, Marks::LastBox).map(|found| &text[found.start..found.end])
    }

    #[test]
    fn the_last_balanced_box_counts() {
        assert_eq!(answer(r"\boxed{1} then \boxed{ 2 }"), Some("2"));
        assert_eq!(answer(r"\boxed{1} then \boxed{2"), Some("1"));
        assert_eq!(answer(r"\boxed{\boxed{3}}"), Some(r"\boxed{3}"));
        assert_eq!(answer(r"\boxed{\frac{1}{2}} }"), Some(r"\frac{1}{2}"));
        assert_eq!(answer(r"\fbox {4}"), Some("4"));
    }

    #[test]
    fn escaped_braces_are_text() {
        assert_eq!(answer(r"\boxed{\{1, 2\}}"), Some(r"\{1, 2\}"));
        assert_eq!(answer(r"\\\boxed{5}"), Some("5"));
        assert_eq!(answer(r"\boxed{a \\} b"), Some(r"a \\"));
    }

    #[test]
    fn what_was_thought_does_not_count() {
        assert_eq!(answer(r"\boxed{1}</think> so 1"), None);
        assert_eq!(answer(r"\boxed{1}</think> \boxed{2}"), Some("2"));
    }

    #[test]
    fn no_mark_is_no_answer() {
        assert_eq!(answer("the answer is 5"), None);
        assert_eq!(answer(r"\boxed 5 boxed{5} \boxedx{5}"), None);
    }

    #[test]
    fn other_marks_count_only_offline() {
        for (text, expected) in [
            (r"<answer> 1 </answer> \boxed{2}", "1"),
            (r"\boxed{2} #### 3", "2"),
            ("so\n#### 3 \nbye", "3"),
            ("So the final answer is 3.14. Done", "3.14"),
            ("The answer is **42**.", "42"),
            ("The answer is 1. Wait, the answer is $2$", "$2$"),
            ("所以答案是 7。", "7"),
        ] {
            let found = extract(text, Marks::All).map(|found| &text[found.start..found.end]);
            assert_eq!(found, Some(expected));
        }
        assert_eq!(answer("#### 3"), None);
        assert_eq!(extract("The answer is not 5", Marks::All), None);
        assert_eq!(extract("I got 5", Marks::All), None);
    }

    #[test]
    fn spans_are_counted_in_code_points_for_python() {
        let text = "é\u{1f600}\\boxed{ π² }";
        let found = extract(text, Marks::LastBox).unwrap();
        assert_eq!(code_points(text, (found.start, found.end)), (10, 12));
    }
}

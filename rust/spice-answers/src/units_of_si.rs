//! Quantities in the commands of the LaTeX package `siunitx`, written out: `\SI{5}{\kilo\meter\per\second}`.

/// Longest group that is read.
const MAX_BYTES: usize = 200;

/// The quantity that a command of `siunitx` and the groups behind it print, and how many bytes those take.
pub(crate) fn quantity(name: &str, behind: &str) -> Option<(String, usize)> {
    let num_groups = match name {
        "SI" | "qty" => 2,
        "si" | "unit" | "num" | "ang" => 1,
        _ => return None,
    };
    let mut at = 0;
    let mut groups = [""; 2];
    for group in groups.iter_mut().take(num_groups) {
        *group = inside(&behind[at..])?;
        at += group.len() + 2;
    }
    let written = match name {
        "num" => groups[0].to_owned(),
        "ang" => angle(groups[0])?,
        "si" | "unit" => unit(groups[0])?,
        _ => format!("{} {}", groups[0], unit(groups[1])?),
    };
    Some((written, at))
}

/// What stands in the braces that begin a text.
fn inside(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('{')?;
    let mut depth = 0_usize;
    for (at, byte) in rest.bytes().enumerate().take(MAX_BYTES) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(&rest[..at]),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `30` or `30;15;0`: degrees, minutes and seconds, as degrees.
fn angle(text: &str) -> Option<String> {
    let mut parts = text.split(';').map(str::trim);
    let degrees = parts.next()?;
    if !text.contains(';') {
        return Some(format!("{degrees}°"));
    }
    let (sign, degrees) = match degrees.strip_prefix('-') {
        Some(degrees) => ("-", degrees),
        None => ("", degrees),
    };
    let mut seconds = degrees
        .parse::<u32>()
        .ok()
        .filter(|&whole| whole < 1_000_000)?
        * 3600;
    for unit in [60, 1] {
        let part = parts.next().unwrap_or("0");
        seconds += part.parse::<u32>().ok().filter(|&part| part < 60)? * unit;
    }
    parts
        .next()
        .is_none()
        .then(|| format!("{sign}\\frac{{{seconds}}}{{3600}}°"))
}

/// A unit in commands or in letters; `None` for a command that is not known.
fn unit(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return Some(text.replace('.', "*"));
    }
    let mut out = String::new();
    // Whether the next name joins the one before it, as `\kilo\meter` does.
    let mut joins = true;
    let mut power = "";
    for name in text.split('\\').skip(1) {
        let name = name.trim();
        match name {
            "per" => {
                out.push_str(if out.is_empty() { "1/" } else { "/" });
                joins = true;
            }
            "squared" => out.push_str("^2"),
            "cubed" => out.push_str("^3"),
            "square" => power = "^2",
            "cubic" => power = "^3",
            _ => {
                if !joins {
                    out.push('*');
                }
                joins = matches!(
                    name,
                    "pico"
                        | "nano"
                        | "micro"
                        | "milli"
                        | "centi"
                        | "deci"
                        | "deca"
                        | "hecto"
                        | "kilo"
                        | "mega"
                        | "giga"
                        | "tera"
                );
                out.push_str(match name {
                    "degreeCelsius" | "celsius" => "°C",
                    "degree" => "°",
                    "percent" => "%",
                    "electronvolt" => "eV",
                    "arcminute" | "arcsecond" | "angstrom" => name,
                    _ if name.bytes().all(|byte| byte.is_ascii_alphabetic())
                        && !name.is_empty() =>
                    {
                        name
                    }
                    _ => return None,
                });
                if !joins {
                    out.push_str(power);
                    power = "";
                }
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_out() {
        for (name, behind, expected) in [
            ("SI", r"{5}{\kilo\meter\per\second} x", "5 kilometer/second"),
            ("qty", r"{9.81}{m/s^2}", "9.81 m/s^2"),
            ("SI", r"{4}{\square\meter}", "4 meter^2"),
            ("SI", r"{4}{\newton\meter}", "4 newton*meter"),
            ("SI", r"{25}{\degreeCelsius}", "25 °C"),
            ("si", r"{\per\second}", "1/second"),
            ("num", "{1e5}", "1e5"),
            ("ang", "{30;15}", "\\frac{108900}{3600}°"),
            ("ang", "{30}", "30°"),
        ] {
            assert_eq!(quantity(name, behind).unwrap().0, expected, "{behind}");
        }
        for (name, behind) in [("SI", "{5}"), ("SI", r"{5}{\kilo{}"), ("frac", "{1}{2}")] {
            assert_eq!(quantity(name, behind), None);
        }
    }
}

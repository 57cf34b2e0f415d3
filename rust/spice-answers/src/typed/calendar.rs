//! Dates and times of day as people write them; what could be read in two orders is neither.

/// Year, month and day, as far as they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    year: Option<i32>,
    month: u8,
    day: Option<u8>,
}

/// Seconds since midnight; the flag says whether the half of the day is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    seconds: u32,
    is_certain: bool,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month(word: &str) -> Option<u8> {
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    if word == "sept" {
        return Some(9);
    }
    MONTHS
        .iter()
        .position(|name| *name == word || (word.len() == 3 && name.starts_with(&word)))
        .map(|place| place as u8 + 1)
}

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

fn is_weekday(word: &str) -> bool {
    full_name(word).is_some_and(|name| name < 10)
}

/// The weekday or month that a whole text names, short or in full: 1 to 7 and 11 to 22.
pub(super) fn full_name(text: &str) -> Option<u8> {
    let text = text.trim_end_matches('.');
    if text.len() < 3 || text.len() > 9 {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if lower != "sun"
        && lower != "mar"
        && let Some(month) = month(text)
    {
        return Some(10 + month);
    }
    let place = WEEKDAYS.iter().position(|name| {
        name.starts_with(&lower)
            && (lower.len() == name.len()
                || matches!(
                    lower.as_str(),
                    "mon"
                        | "tue"
                        | "tues"
                        | "wed"
                        | "thu"
                        | "thur"
                        | "thurs"
                        | "fri"
                        | "sat"
                        | "sun"
                ))
    })?;
    Some(place as u8 + 1)
}

fn number(word: &str, max_digits: usize) -> Option<i32> {
    (!word.is_empty() && word.len() <= max_digits && word.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| word.parse().ok())
        .flatten()
}

/// `5`, `5th`.
fn day(word: &str) -> Option<u8> {
    let digits = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|end| word.strip_suffix(end))
        .unwrap_or(word);
    number(digits, 2).and_then(|day| u8::try_from(day).ok())
}

/// What says the half of the day behind a time; the flag is for the afternoon.
const HALVES: [(&str, bool); 7] = [
    ("am", false),
    ("a.m", false),
    ("in the morning", false),
    ("pm", true),
    ("p.m", true),
    ("in the afternoon", true),
    ("in the evening", true),
];

impl Date {
    /// Reads a whole text.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.len() > 48 || text.starts_with('\\') {
            return None;
        }
        let mut words: Vec<&str> = text
            .split([' ', ','])
            .filter(|word| !word.is_empty())
            .collect();
        if words.first().is_some_and(|word| is_weekday(word)) {
            words.remove(0);
        }
        words.retain(|word| !matches!(*word, "of" | "the"));
        if matches!(words.last(), Some(&("AD" | "CE" | "A.D." | "C.E."))) {
            words.pop();
        }
        let date = match words[..] {
            [single] => return Self::chinese(single).or_else(|| Self::numeric(single)),
            [a, b] => match (month(a), month(b)) {
                (Some(month), None) => match day(b)
                    .filter(|_| b.len() <= 4 && number(b, 4).is_none_or(|day| day <= 31))
                {
                    Some(day) => Self {
                        year: None,
                        month,
                        day: Some(day),
                    },
                    None => Self {
                        year: Some(number(b, 4).filter(|_| b.len() >= 3)?),
                        month,
                        day: None,
                    },
                },
                (None, Some(month)) => Self {
                    year: None,
                    month,
                    day: Some(day(a)?),
                },
                _ => return None,
            },
            [a, b, c] => {
                let (month, day) = match (month(a), month(b)) {
                    (Some(month), None) => (month, day(b)?),
                    (None, Some(month)) => (month, day(a)?),
                    _ => return None,
                };
                Self {
                    year: Some(number(c, 4).filter(|_| c.len() >= 3)?),
                    month,
                    day: Some(day),
                }
            }
            _ => return None,
        };
        date.checked()
    }

    /// `2020年3月5日`.
    fn chinese(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        let day = match day.trim_end_matches(['日', '号']) {
            "" => None,
            day => Some(u8::try_from(number(day, 2)?).ok()?),
        };
        let date = Self {
            year: Some(number(year, 4)?),
            month: u8::try_from(number(month, 2)?).ok()?,
            day,
        };
        date.checked()
    }

    /// `2020-03-05`, `5-Mar-2020`, and `5/13/2020` where only one order makes a date.
    fn numeric(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
        let [a, b, c] = parts[..] else {
            return None;
        };
        let named = month(b)
            .map(|month| (month, a))
            .or_else(|| month(a).map(|month| (month, b)));
        if let Some((month, number_of_day)) = named {
            let date = Self {
                year: Some(number(c, 4).filter(|_| c.len() == 4)?),
                month,
                day: Some(day(number_of_day)?),
            };
            return date.checked();
        }
        if a.len() == 4 {
            let date = Self {
                year: Some(number(a, 4)?),
                month: u8::try_from(number(b, 2)?).ok()?,
                day: Some(u8::try_from(number(c, 2)?).ok()?),
            };
            return date.checked();
        }
        if c.len() != 4 {
            return None;
        }
        let (first, second, year) = (number(a, 2)?, number(b, 2)?, number(c, 4)?);
        let at = |month: i32, day: i32| {
            let date = Self {
                year: Some(year),
                month: u8::try_from(month).ok()?,
                day: Some(u8::try_from(day).ok()?),
            };
            date.checked()
        };
        match (at(first, second), at(second, first)) {
            (Some(date), None) | (None, Some(date)) => Some(date),
            (Some(date), Some(other)) if date == other => Some(date),
            _ => None,
        }
    }

    fn checked(self) -> Option<Self> {
        let days = match self.month {
            4 | 6 | 9 | 11 => 30,
            2 => 29,
            1..=12 => 31,
            _ => return None,
        };
        self.day
            .is_none_or(|day| (1..=days).contains(&day))
            .then_some(self)
    }
}

impl Clock {
    /// Reads a whole text: `3:30 PM`, `15:30`, `3 p.m.`, `noon`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let is_sign = |byte: u8| byte == b':' || byte.is_ascii_alphabetic() || !byte.is_ascii();
        if text.len() > 32 || text.starts_with('\\') || !text.bytes().any(is_sign) {
            return None;
        }
        let lower = text.to_ascii_lowercase().replace("{:}", ":");
        let text = lower.trim_end_matches('.');
        match text {
            "noon" | "midday" | "12 noon" | "12:00 noon" | "12 o'clock noon" => {
                return Some(Self {
                    seconds: 43_200,
                    is_certain: true,
                });
            }
            "midnight" | "12 midnight" | "12:00 midnight" => {
                return Some(Self {
                    seconds: 0,
                    is_certain: true,
                });
            }
            _ => {}
        }
        let half = HALVES
            .iter()
            .find_map(|&(end, afternoon)| Some((text.strip_suffix(end)?.trim_end(), afternoon)));
        let (digits, afternoon) = match half {
            Some((digits, afternoon)) => (digits, Some(afternoon)),
            None => (text, None),
        };
        let whole = digits.strip_suffix("o'clock").map(str::trim_end);
        let military = digits
            .strip_suffix(" hours")
            .or_else(|| digits.strip_suffix(" hrs"))
            .filter(|digits| digits.len() == 4 && number(digits, 4).is_some());
        let spelt;
        let digits = if let Some(digits) = military {
            spelt = format!("{}:{}", &digits[..2], &digits[2..]);
            spelt.as_str()
        } else {
            let digits = whole.unwrap_or(digits);
            let units = [" hours", " hrs", " h", " uhr"];
            units
                .iter()
                .find_map(|unit| digits.strip_suffix(unit))
                .unwrap_or(digits)
        };
        let parts: Vec<&str> = digits.split([':', 'h']).collect();
        if parts.len() > 3 || (parts.len() == 1 && afternoon.is_none() && whole.is_none()) {
            return None;
        }
        if parts.iter().skip(1).any(|part| part.len() != 2) {
            return None;
        }
        let hour = u32::try_from(number(parts[0], 2)?).ok()?;
        let mut seconds = 0;
        for (part, unit) in parts.iter().skip(1).zip([60, 1]) {
            let value = u32::try_from(number(part, 2)?).ok()?;
            if value > 59 {
                return None;
            }
            seconds += value * unit;
        }
        let hour = match afternoon {
            Some(afternoon) if (1..=12).contains(&hour) => {
                hour % 12 + if afternoon { 12 } else { 0 }
            }
            None if hour < 24 => hour,
            _ => return None,
        };
        Some(Self {
            seconds: seconds + hour * 3600,
            is_certain: afternoon.is_some() || hour > 12 || parts[0].starts_with('0'),
        })
    }

    /// Whether both are the same time; without its half of the day `3:30` is only itself.
    pub(crate) fn same(self, other: Self) -> bool {
        self.seconds == other.seconds
            && (self.is_certain == other.is_certain
                || self.seconds < 43_200
                || self.seconds >= 46_800)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_spelling_are_one() {
        let date = Date::read("2020-03-05");
        assert!(date.is_some());
        for text in [
            "March 5, 2020",
            "5 March 2020",
            "Mar. 5th, 2020",
            "Thursday, March 5, 2020",
            "the 5th of March 2020",
        ] {
            assert_eq!(Date::read(text), date, "{text}");
        }
        assert_eq!(Date::read("13/5/2020"), Date::read("5/13/2020"));
    }

    #[test]
    fn what_has_two_readings_or_none_is_no_date() {
        for text in [
            "3/5/2020",
            "2020-13-40",
            "March 32",
            "may be",
            "12",
            "Feb 30 2020",
            "1/2",
        ] {
            assert_eq!(Date::read(text), None, "{text}");
        }
    }

    #[test]
    fn times_know_their_half_of_the_day() {
        let time = |text| Clock::read(text).unwrap();
        assert!(time("3:30 PM").same(time("15:30")));
        assert!(time("3 p.m.").same(time("15:00")));
        assert!(time("12:00 pm").same(time("noon")));
        assert!(!time("3:30 PM").same(time("3:30 AM")));
        assert!(!time("3:30").same(time("3:30 pm")));
        assert_eq!(Clock::read("3:75"), None);
        assert_eq!(Clock::read("5"), None);
    }
}

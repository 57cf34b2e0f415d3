//! What is known of a document besides its text: where it was read, and what its record says of it.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize, Serializer};

/// Longer facts are left out.
pub(crate) const MAX_FACT_BYTES: usize = 4_096;

/// What a record says of its document besides the text. Numbers and truth values are kept as text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, DeriveDeserialize)]
#[serde(default)]
pub struct Facts {
    /// Value under `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Value under `source`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Value under `url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Value under `license` or `licence`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
}

impl Facts {
    /// Keys and columns that are looked for; `licence` is read as `license`, and the later of the two counts.
    pub(crate) const KEYS: [&'static str; 5] = ["id", "source", "url", "license", "licence"];

    /// Place for the value under a key, if it is one of ours.
    pub(crate) fn slot(&mut self, key: &str) -> Option<&mut Option<String>> {
        match key {
            "id" => Some(&mut self.id),
            "source" => Some(&mut self.source),
            "url" => Some(&mut self.url),
            "license" | "licence" => Some(&mut self.license),
            _ => None,
        }
    }
}

/// One row of the facts of a shard: number of the origin, line or row in it (0: the whole file), and the record's facts.
/// As JSON a list, the facts left out where there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FactsRow {
    pub origin: u32,
    pub ordinal: u32,
    pub facts: Facts,
}

impl Serialize for FactsRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.facts == Facts::default() {
            (self.origin, self.ordinal).serialize(serializer)
        } else {
            (self.origin, self.ordinal, &self.facts).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for FactsRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Row;

        impl<'de> Visitor<'de> for Row {
            type Value = FactsRow;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of origin, ordinal and facts")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<FactsRow, A::Error> {
                let missing = || de::Error::custom("a row of facts is too short");
                Ok(FactsRow {
                    origin: list.next_element()?.ok_or_else(missing)?,
                    ordinal: list.next_element()?.ok_or_else(missing)?,
                    facts: list.next_element()?.unwrap_or_default(),
                })
            }
        }

        deserializer.deserialize_seq(Row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_lists_and_facts_that_are_not_there_are_left_out() {
        let bare = FactsRow {
            origin: 3,
            ordinal: 7,
            facts: Facts::default(),
        };
        let full = FactsRow {
            facts: Facts {
                id: Some("a\n".to_owned()),
                license: Some("MIT".to_owned()),
                ..Facts::default()
            },
            ..bare.clone()
        };
        for (row, json) in [
            (bare, "[3,7]"),
            (full, r#"[3,7,{"id":"a\n","license":"MIT"}]"#),
        ] {
            assert_eq!(serde_json::to_string(&row).unwrap(), json);
            assert_eq!(serde_json::from_str::<FactsRow>(json).unwrap(), row);
        }
        assert!(serde_json::from_str::<FactsRow>("[3]").is_err());
    }
}

//! Rewards and estimators by name, with parameters of their own.

use crate::RewardsError;

/// What the parameters belong to, for messages.
#[derive(Clone, Copy)]
pub(crate) struct Owner {
    /// `challenger reward` or `advantage estimator`.
    pub(crate) kind: &'static str,
    pub(crate) name: &'static str,
}

impl Owner {
    /// Puts the values into the slots of their names.
    pub(crate) fn assign(
        self,
        mut slots: Vec<(&'static str, &mut f64)>,
        values: &[(String, f64)],
    ) -> Result<(), RewardsError> {
        for (parameter, value) in values {
            let Some((name, slot)) = slots.iter_mut().find(|slot| slot.0 == parameter) else {
                let known: Vec<&str> = slots.iter().map(|slot| slot.0).collect();
                return Err(RewardsError::UnknownParameter {
                    kind: self.kind,
                    name: self.name,
                    found: parameter.clone(),
                    known: if known.is_empty() {
                        "none".to_owned()
                    } else {
                        known.join(", ")
                    },
                });
            };
            **slot = self.finite(name, *value)?;
        }
        Ok(())
    }

    pub(crate) fn finite(self, parameter: &'static str, found: f64) -> Result<f64, RewardsError> {
        if found.is_finite() {
            Ok(found)
        } else {
            Err(self.bad(parameter, found, "a finite number"))
        }
    }

    pub(crate) fn bad(
        self,
        parameter: &'static str,
        found: f64,
        expected: &'static str,
    ) -> RewardsError {
        RewardsError::BadParameter {
            kind: self.kind,
            name: self.name,
            parameter,
            found,
            expected,
        }
    }

    pub(crate) fn missing(self, column: &'static str) -> RewardsError {
        RewardsError::MissingColumn {
            kind: self.kind,
            name: self.name,
            column,
        }
    }
}

/// The entry of this name.
pub(crate) fn find<T: Copy>(
    kind: &'static str,
    entries: &[(&'static str, T)],
    name: &str,
) -> Result<T, RewardsError> {
    let found = entries.iter().find(|entry| entry.0 == name);
    found.map(|entry| entry.1).ok_or_else(|| {
        let known: Vec<&str> = entries.iter().map(|entry| entry.0).collect();
        RewardsError::UnknownName {
            kind,
            found: name.to_owned(),
            known: known.join(", "),
        }
    })
}

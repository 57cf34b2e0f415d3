//! What a task's answer is.

/// Type of a task's answer: the multiple-choice contract, or a type of the free-form one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum TaskKind {
    /// One letter out of several choices.
    Mcq = 0,
    /// A whole number.
    Integer = 1,
    /// Any rational number.
    Float = 2,
    /// A mathematical expression.
    Expression = 3,
    /// A short text.
    String = 4,
    /// True or false.
    Boolean = 5,
    /// Several values, in any order unless the gold has brackets.
    List = 6,
}

impl TaskKind {
    /// All kinds, in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::Mcq,
        Self::Integer,
        Self::Float,
        Self::Expression,
        Self::String,
        Self::Boolean,
        Self::List,
    ];

    /// Its name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mcq => "mcq",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Expression => "expression",
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::List => "list",
        }
    }

    /// Whether a Challenger can be asked for it.
    pub fn is_asked_for(self) -> bool {
        !matches!(self, Self::Boolean | Self::List)
    }

    /// The kind of this name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}

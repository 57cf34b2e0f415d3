//! A mathematical answer: its shape, its unit and what it is assigned to.

use super::head::{take_comments, take_head};
use super::quantity::{self, Measure};
use super::shape::{self, Shape, Together};
use crate::algebra::identity::Expression;
use crate::algebra::rational::Rational;
use crate::syntax::token::Failure;
use crate::syntax::tree::Number;
use crate::syntax::{Id, Kind, Node, Tokens, Tree, parse, tokens};
use crate::verdict::AnswerKind;

#[derive(Debug)]
pub(crate) struct Math {
    pub(crate) tree: Tree,
    pub(crate) shape: Shape,
    pub(crate) variable: Option<String>,
    pub(crate) equation: Option<Id>,
    pub(crate) total: Option<Id>,
    pub(crate) measure: Option<Measure>,
}

impl Math {
    pub(crate) fn kind(&self) -> AnswerKind {
        match &self.shape {
            Shape::Scalar(_) if self.measure.is_some() => AnswerKind::Quantity,
            Shape::Scalar(_) => AnswerKind::Value,
            Shape::Infinite(_) => AnswerKind::Infinity,
            Shape::Several(_, Together::Tuple) => AnswerKind::Tuple,
            Shape::Several(_, Together::Set) => AnswerKind::Set,
            Shape::Several(..) => AnswerKind::List,
            Shape::Matrix(..) => AnswerKind::Matrix,
            Shape::Region(_) => AnswerKind::Region,
            Shape::Equation(_) => AnswerKind::Equation,
            Shape::Assignments(_) => AnswerKind::Assignments,
            Shape::Inequality(..) => AnswerKind::Inequality,
            Shape::Cases(_) => AnswerKind::Cases,
        }
    }

    /// Whether it is a constant and the name that it has.
    fn is_named_constant(&self) -> bool {
        match self.shape {
            Shape::Scalar(value) if self.variable.is_some() => {
                !Expression::new(&self.tree, value).has_variables()
            }
            _ => false,
        }
    }

    /// Its kind and content in words.
    pub(crate) fn described(&self) -> String {
        let kind = self.kind().meaning();
        let name = match &self.variable {
            Some(name) => format!(" of {name}"),
            None => String::new(),
        };
        let unit = if self.measure.is_some() {
            ", with a unit"
        } else {
            ""
        };
        format!("{kind}{name}: {}{unit}", self.tree.printed(self.tree.root))
    }
}

/// What a text may be read as: first choice, and the reading with a unit where a letter could be one.
#[derive(Debug)]
pub(crate) struct Readings {
    pub(crate) first: Option<Math>,
    pub(crate) as_quantity: Option<Math>,
}

/// The readings that a comparison may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) first: Option<&'a Math>,
    pub(crate) as_quantity: Option<&'a Math>,
}

impl Readings {
    fn of_number(number: Number) -> Self {
        let tree = Tree {
            nodes: vec![Node::Number(0)],
            numbers: vec![number],
            ..Tree::default()
        };
        Self {
            first: Some(Math {
                shape: Shape::Scalar(tree.root),
                tree,
                variable: None,
                equation: None,
                total: None,
                measure: None,
            }),
            as_quantity: None,
        }
    }

    /// What the text is, by its first reading.
    pub(crate) fn kind(&self) -> AnswerKind {
        let math = self.first.as_ref().or(self.as_quantity.as_ref());
        math.map_or(AnswerKind::Text, Math::kind)
    }

    /// All readings; in prose those without letters but a name (`T = 25`), since order and case count there and letters
    /// are no variables.
    pub(crate) fn view(&self, as_prose: bool) -> View<'_> {
        let keep =
            |math: &&Math| !as_prose || math.tree.names.is_empty() || math.is_named_constant();
        View {
            first: self.first.as_ref().filter(keep),
            as_quantity: self.as_quantity.as_ref().filter(keep),
        }
    }
}

/// Reads a text in which Unicode is already brought to its plain form.
pub(crate) fn read(text: &str) -> Result<Readings, Failure> {
    if let Some(number) = whole_number(text) {
        return Ok(Readings::of_number(number));
    }
    let mut list = tokens(text)?;
    take_comments(&mut list);
    let variable = take_head(&mut list);
    if !quantity::may_have_measure(&list) {
        return Ok(Readings {
            first: Some(math(&list, None, variable)?),
            as_quantity: None,
        });
    }
    let plain = list.list.clone();
    let compound = compound(&list);
    let measure = quantity::take(&mut list);
    if let Some((value, measure)) = compound {
        let mut tree = Tree::default();
        tree.root = tree.push_number(value);
        return Ok(Readings {
            first: Some(Math {
                shape: Shape::Scalar(tree.root),
                tree,
                variable,
                equation: None,
                total: None,
                measure: Some(measure),
            }),
            as_quantity: None,
        });
    }
    let is_certain = measure.as_ref().is_none_or(|measure| measure.is_certain);
    let quantity = math(&list, measure, variable.clone());
    if is_certain {
        return Ok(Readings {
            first: Some(quantity?),
            as_quantity: None,
        });
    }
    list.list = plain;
    Ok(Readings {
        first: optional(math(&list, None, variable))?,
        as_quantity: optional(quantity)?,
    })
}

/// Digits alone, the commonest gold, without the detour over symbols and a parser.
fn whole_number(text: &str) -> Option<Number> {
    let is_plain = text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = text.parse().ok().filter(|_| is_plain)?;
    Some(Number {
        value: Rational::integer(value),
        places: None,
        significant: text.trim_start_matches('0').len() as u32,
    })
}

/// No mathematics is no reading; too much of it is too much.
fn optional(math: Result<Math, Failure>) -> Result<Option<Math>, Failure> {
    match math {
        Ok(math) => Ok(Some(math)),
        Err(Failure::NotMathematics) => Ok(None),
        Err(Failure::OverLimits) => Err(Failure::OverLimits),
    }
}

fn math(
    list: &Tokens<'_>,
    measure: Option<Measure>,
    variable: Option<String>,
) -> Result<Math, Failure> {
    let mut tree = parse(list, 0, list.list.len())?;
    let reading = shape::read(&mut tree).ok_or(Failure::NotMathematics)?;
    Ok(Math {
        tree,
        shape: reading.shape,
        variable: variable.or(reading.variable),
        equation: reading.equation,
        total: reading.total,
        measure,
    })
}

/// `5 ft 3 in`, `2 hours 30 minutes`: numbers with units of one dimension, from large to small, as one quantity of the
/// first unit.
fn compound(list: &Tokens<'_>) -> Option<(Rational, Measure)> {
    let starts: Vec<usize> = (0..list.list.len())
        .filter(|&at| matches!(list.list[at].kind, Kind::Number(_)))
        .collect();
    if !(2..=4).contains(&starts.len()) || starts[0] != 0 {
        return None;
    }
    let mut total: Option<(Rational, Measure)> = None;
    let mut before: Option<Rational> = None;
    for (place, &start) in starts.iter().enumerate() {
        let stop = starts.get(place + 1).copied().unwrap_or(list.list.len());
        let stop = match list.list[stop - 1].kind {
            Kind::Letters("and") | Kind::Word("and") | Kind::Symbol(',') => stop - 1,
            _ => stop,
        };
        let mut part = Tokens {
            list: list.list[start..stop].to_vec(),
            numbers: list.numbers.clone(),
        };
        let number = list.number(start)?.value.clone();
        // Behind hours, m is for minutes.
        if total.as_ref().is_some_and(|(_, first)| first.is_hours())
            && let [_, last] = &mut part.list[..]
            && last.kind == Kind::Letters("m")
        {
            last.kind = Kind::Letters("min");
        }
        let measure = quantity::take(&mut part).filter(|_| part.list.len() == 1)?;
        if measure.noun.is_some() || measure.unit.powers == [0; super::units::NUM_BASES] {
            return None;
        }
        match &mut total {
            None => {
                before = Some(measure.unit.factor.clone());
                total = Some((number, measure));
            }
            Some((sum, first)) => {
                if measure.unit.powers != first.unit.powers
                    || before.as_ref()? <= &measure.unit.factor
                {
                    return None;
                }
                let share = number
                    .multiply(&measure.unit.factor)?
                    .divide(&first.unit.factor)?;
                *sum = sum.add(&share)?;
                before = Some(measure.unit.factor);
                first.is_certain = true;
            }
        }
    }
    total
}

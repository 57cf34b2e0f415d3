//! A tree's value in ball arithmetic at one point; complex where the caller admits it.

use std::cmp::Ordering;

use super::ball::Ball;
use super::rational::Rational;
use crate::fuel;
use crate::syntax::{Constant, Function, Id, Node, Tree};

/// Functions that one evaluation may call.
const MAX_CALLS: u32 = 512;
/// Largest power that is multiplied out.
const MAX_MULTIPLIED: i64 = 4096;

/// A complex number; without an imaginary part it is surely real.
#[derive(Clone)]
pub(super) struct Value<B> {
    pub(super) re: B,
    pub(super) im: Option<B>,
}

pub(super) struct Evaluator<'a> {
    pub(super) tree: &'a Tree,
    pub(super) exact: &'a [Option<Rational>],
    pub(super) complex: bool,
}

impl Evaluator<'_> {
    /// The value of the node `root`; `None` where it is undefined, out of range, or costs too much.
    pub(super) fn value<B: Ball>(
        &self,
        root: Id,
        variable: &dyn Fn(&str) -> Rational,
    ) -> Option<Value<B>> {
        let reachable = self.tree.reachable(root);
        let mut calls = 0;
        let mut values: Vec<Option<Value<B>>> = Vec::with_capacity(reachable.len());
        for (id, reached) in reachable.iter().enumerate() {
            let value = if *reached {
                let before = calls;
                let value = self.node(id, &values, variable, &mut calls)?;
                fuel::burn(B::STEP + (calls - before) * B::CALL)?;
                Some(value)
            } else {
                None
            };
            if calls > MAX_CALLS {
                return None;
            }
            values.push(value);
        }
        values.pop().flatten()
    }

    fn node<B: Ball>(
        &self,
        id: usize,
        values: &[Option<Value<B>>],
        variable: &dyn Fn(&str) -> Rational,
        calls: &mut u32,
    ) -> Option<Value<B>> {
        if let Some(exact) = &self.exact[id] {
            return Some(real(B::rational(exact)?));
        }
        let of = |id: Id| values[id as usize].as_ref();
        match self.tree.nodes[id] {
            Node::Variable(name) => Some(real(B::rational(&variable(self.tree.name(name)))?)),
            Node::Constant(Constant::Pi) => Some(real(B::pi())),
            Node::Constant(Constant::E) => Some(real(B::rational(&Rational::ONE)?.exp()?)),
            Node::Constant(Constant::I) if self.complex => Some(Value {
                re: B::rational(&Rational::ZERO)?,
                im: Some(B::rational(&Rational::ONE)?),
            }),
            Node::Negate(a) => Some(of(a)?.negate()),
            Node::Add(a, b) => of(a)?.add(of(b)?),
            Node::Subtract(a, b) => of(a)?.add(&of(b)?.negate()),
            Node::Multiply(a, b) => of(a)?.multiply(of(b)?),
            Node::Divide(a, b) => of(a)?.divide(of(b)?),
            Node::Power(a, b) => {
                *calls += 1;
                let base_is_e = matches!(self.tree.node(a), Node::Constant(Constant::E));
                self.power(of(a)?, of(b)?, self.exact[b as usize].as_ref(), base_is_e)
            }
            Node::Root(index, a) => {
                *calls += 1;
                self.root(self.exact[index as usize].as_ref()?.as_integer()?, of(a)?)
            }
            Node::Log(base, a) => {
                *calls += 2;
                let (base, a) = (of(base)?.as_real()?, of(a)?.as_real()?);
                Some(real(a.ln()?.divide(&base.ln()?)?))
            }
            Node::Call(function, a) => {
                *calls += 1;
                self.call(function, of(a)?)
            }
            _ => None,
        }
    }

    fn power<B: Ball>(
        &self,
        base: &Value<B>,
        exponent: &Value<B>,
        exact: Option<&Rational>,
        base_is_e: bool,
    ) -> Option<Value<B>> {
        if let Some(exponent) = exact.and_then(Rational::as_integer)
            && exponent.abs() <= MAX_MULTIPLIED
        {
            return base.integer_power(exponent);
        }
        if base_is_e {
            return Self::exp(exponent);
        }
        if base.im.is_none() && base.re.sign()? == Ordering::Greater {
            let ln = real(base.re.ln()?);
            return Self::exp(&ln.multiply(exponent)?);
        }
        if self.complex && exact? == &Rational::ratio(1, 2)? {
            return self.sqrt(base);
        }
        None
    }

    fn exp<B: Ball>(a: &Value<B>) -> Option<Value<B>> {
        let modulus = a.re.exp()?;
        let Some(angle) = &a.im else {
            return Some(real(modulus));
        };
        let (sin, cos) = angle.sin_cos()?;
        Some(Value {
            re: modulus.multiply(&cos)?,
            im: Some(modulus.multiply(&sin)?),
        })
    }

    /// The real root of an odd order, else that of a number that is not negative.
    fn root<B: Ball>(&self, order: i64, a: &Value<B>) -> Option<Value<B>> {
        if order == 2 {
            return self.sqrt(a);
        }
        let a = a.as_real()?;
        let positive = |a: &B| -> Option<B> {
            a.ln()?
                .divide(&B::rational(&Rational::integer(order))?)?
                .exp()
        };
        match a.sign()? {
            Ordering::Greater if order > 0 => Some(real(positive(a)?)),
            Ordering::Less if order > 0 && order % 2 == 1 => {
                Some(real(positive(&a.negate())?.negate()))
            }
            Ordering::Equal if order > 0 => Some(real(a.clone())),
            _ => None,
        }
    }

    fn sqrt<B: Ball>(&self, a: &Value<B>) -> Option<Value<B>> {
        let Some(im) = &a.im else {
            return match a.re.sign() {
                Some(Ordering::Less) if self.complex => Some(Value {
                    re: B::rational(&Rational::ZERO)?,
                    im: Some(a.re.negate().sqrt()?),
                }),
                Some(Ordering::Less) | None => None,
                Some(_) => Some(real(a.re.sqrt()?)),
            };
        };
        let sign = im.sign()?;
        let two = B::rational(&Rational::integer(2))?;
        let modulus = a.modulus()?;
        let re = modulus.add(&a.re)?.divide(&two)?.sqrt()?;
        let im = modulus.subtract(&a.re)?.divide(&two)?.sqrt()?;
        Some(Value {
            re,
            im: Some(if sign == Ordering::Less {
                im.negate()
            } else {
                im
            }),
        })
    }

    fn call<B: Ball>(&self, function: Function, a: &Value<B>) -> Option<Value<B>> {
        match function {
            Function::Sqrt => return self.sqrt(a),
            Function::Exp => return Self::exp(a),
            Function::Abs => return Some(real(a.modulus()?)),
            _ => {}
        }
        let x = a.as_real()?;
        let one = B::rational(&Rational::ONE)?;
        let two = B::rational(&Rational::integer(2))?;
        let hyperbolic = |sign: bool| -> Option<B> {
            let inverse = x.negate().exp()?;
            let inverse = if sign { inverse } else { inverse.negate() };
            x.exp()?.add(&inverse)?.divide(&two)
        };
        let asin = || -> Option<B> {
            let cosine = one.subtract(&x.multiply(x)?)?;
            let cosine = if cosine.sign() == Some(Ordering::Equal) {
                cosine
            } else {
                cosine.sqrt()?
            };
            x.divide(&one.add(&cosine)?)?.atan()?.multiply(&two)
        };
        Some(real(match function {
            Function::Ln => x.ln()?,
            Function::Sin => x.sin_cos()?.0,
            Function::Cos => x.sin_cos()?.1,
            Function::Tan => {
                let (sin, cos) = x.sin_cos()?;
                sin.divide(&cos)?
            }
            Function::Cot => {
                let (sin, cos) = x.sin_cos()?;
                cos.divide(&sin)?
            }
            Function::Sec => one.divide(&x.sin_cos()?.1)?,
            Function::Csc => one.divide(&x.sin_cos()?.0)?,
            Function::Asin => asin()?,
            Function::Acos => B::pi().divide(&two)?.subtract(&asin()?)?,
            Function::Atan => x.atan()?,
            Function::Sinh => hyperbolic(false)?,
            Function::Cosh => hyperbolic(true)?,
            Function::Tanh => hyperbolic(false)?.divide(&hyperbolic(true)?)?,
            Function::Floor => x.floor()?,
            Function::Ceil => x.negate().floor()?.negate(),
            Function::Sqrt | Function::Exp | Function::Abs | Function::Factorial => return None,
        }))
    }
}

fn real<B>(re: B) -> Value<B> {
    Value { re, im: None }
}

impl<B: Ball> Value<B> {
    /// The number where it is real; with an imaginary part it counts as complex even if that may vanish.
    fn as_real(&self) -> Option<&B> {
        self.im.is_none().then_some(&self.re)
    }

    pub(super) fn negate(&self) -> Self {
        Self {
            re: self.re.negate(),
            im: self.im.as_ref().map(B::negate),
        }
    }

    pub(super) fn add(&self, other: &Self) -> Option<Self> {
        let im = match (&self.im, &other.im) {
            (Some(a), Some(b)) => Some(a.add(b)?),
            (a, b) => a.as_ref().or(b.as_ref()).cloned(),
        };
        Some(Self {
            re: self.re.add(&other.re)?,
            im,
        })
    }

    pub(super) fn multiply(&self, other: &Self) -> Option<Self> {
        let re = self.re.multiply(&other.re)?;
        Some(match (&self.im, &other.im) {
            (None, None) => real(re),
            (Some(im), None) => Self {
                re,
                im: Some(im.multiply(&other.re)?),
            },
            (None, Some(im)) => Self {
                re,
                im: Some(im.multiply(&self.re)?),
            },
            (Some(a), Some(b)) => Self {
                re: re.subtract(&a.multiply(b)?)?,
                im: Some(self.re.multiply(b)?.add(&a.multiply(&other.re)?)?),
            },
        })
    }

    fn divide(&self, other: &Self) -> Option<Self> {
        let Some(im) = &other.im else {
            return Some(Self {
                re: self.re.divide(&other.re)?,
                im: match &self.im {
                    Some(im) => Some(im.divide(&other.re)?),
                    None => None,
                },
            });
        };
        let norm = other.re.multiply(&other.re)?.add(&im.multiply(im)?)?;
        let conjugate = Self {
            re: other.re.clone(),
            im: Some(im.negate()),
        };
        self.multiply(&conjugate)?.divide(&real(norm))
    }

    fn integer_power(&self, exponent: i64) -> Option<Self> {
        let one = real(B::rational(&Rational::ONE)?);
        let mut base = self.clone();
        let mut result = one.clone();
        let mut left = exponent.unsigned_abs();
        while left > 0 {
            if left & 1 == 1 {
                result = result.multiply(&base)?;
            }
            left >>= 1;
            if left > 0 {
                base = base.multiply(&base)?;
            }
        }
        if exponent < 0 {
            one.divide(&result)
        } else {
            Some(result)
        }
    }

    fn modulus(&self) -> Option<B> {
        match &self.im {
            None => match self.re.sign() {
                Some(Ordering::Less) => Some(self.re.negate()),
                Some(_) => Some(self.re.clone()),
                None => self.re.multiply(&self.re)?.sqrt(),
            },
            Some(im) => self.re.multiply(&self.re)?.add(&im.multiply(im)?)?.sqrt(),
        }
    }
}

//! Matrices while they are read: cells, rows, and what a determinant is.

use super::parser::{Binary, Operator, Parser};
use super::token::{Failure, Kind};
use super::tree::{Id, Node};

/// Rows of a determinant that is written out.
const MAX_DETERMINANT: usize = 4;

impl Parser<'_> {
    /// Forgets a comma before the end of a cell of cases.
    pub(super) fn drop_comma(&mut self) -> bool {
        let [.., before, Operator::Binary(Binary::Comma)] = self.operators[..] else {
            return false;
        };
        let in_table = matches!(before, Operator::Matrix(..));
        if in_table {
            self.operators.pop();
        }
        in_table
    }

    /// Ends a cell; returns how many operands stood before the matrix, and the cells of its first row.
    fn cell(&mut self) -> Result<(usize, usize), Failure> {
        self.reduce_above(0)?;
        match self.operators.last() {
            Some(&Operator::Matrix(base, columns)) => Ok((base, columns)),
            _ => Err(Failure::NotMathematics),
        }
    }

    pub(super) fn close_cell(&mut self) -> Result<(), Failure> {
        let (base, columns) = self.cell()?;
        let num_cells = self.operands.len() - base;
        if columns != 0 && num_cells.is_multiple_of(columns) {
            return Err(Failure::NotMathematics);
        }
        self.expects_operand = true;
        Ok(())
    }

    pub(super) fn close_row(&mut self) -> Result<(), Failure> {
        let (base, columns) = self.cell()?;
        let num_cells = self.operands.len() - base;
        if columns == 0 {
            self.operators.pop();
            self.operators.push(Operator::Matrix(base, num_cells));
        } else if !num_cells.is_multiple_of(columns) {
            return Err(Failure::NotMathematics);
        }
        self.expects_operand = true;
        Ok(())
    }

    /// Ends a matrix; `after_row` where its last row was ended already.
    pub(super) fn close_matrix(
        &mut self,
        environment: &str,
        after_row: bool,
    ) -> Result<(), Failure> {
        let (base, columns) = self.cell()?;
        let num_cells = self.operands.len() - base;
        let columns = if columns == 0 { num_cells } else { columns };
        if num_cells == 0
            || !num_cells.is_multiple_of(columns)
            || (after_row && !self.after_break())
        {
            return Err(Failure::NotMathematics);
        }
        self.operators.pop();
        self.depth -= 1;
        let cells = self.operands.split_off(base);
        let span = self.tree.span(&cells);
        let is_table = matches!(environment, "cases" | "dcases");
        if is_table && columns != 2 {
            return Err(Failure::NotMathematics);
        }
        let mut id = self.tree.push(if is_table {
            Node::Cases(span)
        } else {
            Node::Matrix(span, columns as u32)
        });
        if environment == "vmatrix" {
            id = self.determinant(id)?;
        }
        self.value(id)
    }

    fn after_break(&self) -> bool {
        self.at >= 2 && self.tokens.list[self.at - 2].kind == Kind::RowBreak
    }

    /// The determinant of a square matrix of at most four rows, written out.
    pub(super) fn determinant(&mut self, matrix: Id) -> Result<Id, Failure> {
        let Node::Matrix(span, columns) = self.tree.node(matrix) else {
            return Err(Failure::NotMathematics);
        };
        let size = columns as usize;
        let cells = self.tree.items(span).to_vec();
        if cells.len() != size * size || !(1..=MAX_DETERMINANT).contains(&size) {
            return Err(Failure::NotMathematics);
        }
        let mut sum = None;
        for (order, is_even) in permutations(size) {
            let mut product = cells[order[0]];
            for row in 1..size {
                product = self
                    .tree
                    .push(Node::Multiply(product, cells[row * size + order[row]]));
            }
            sum = Some(match (sum, is_even) {
                (None, _) => product,
                (Some(sum), true) => self.tree.push(Node::Add(sum, product)),
                (Some(sum), false) => self.tree.push(Node::Subtract(sum, product)),
            });
        }
        sum.ok_or(Failure::NotMathematics)
    }
}

/// Every order of the first `size` numbers, the ascending one first, and whether it is even.
fn permutations(size: usize) -> Vec<(Vec<usize>, bool)> {
    let mut orders = vec![(vec![0], true)];
    for next in 1..size {
        let longer = orders.iter().flat_map(|(order, is_even)| {
            (0..=next).rev().map(move |place| {
                let mut order = order.clone();
                order.insert(place, next);
                (order, *is_even == (next - place).is_multiple_of(2))
            })
        });
        orders = longer.collect();
    }
    orders
}

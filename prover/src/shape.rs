//! Shapes: the sizes that a circuit is made for. The question decides its shape alone, so that
//! everybody asks the same question with the same circuit. Specification: `docs/spec/circuit.md`,
//! "Shapes".

use crate::panel::GENOTYPES_PER_ELEMENT;
use crate::panel::column::elements;
use crate::panel::tree::{ARITY, depth};
use std::fmt;

/// The columns that one proof takes at most.
pub const MOST_COLUMNS: usize = 16;

/// Field elements in a column up to which anybody can be asked to make a circuit: 63,000 people.
const MOST_ELEMENTS: usize = 500;

/// Levels of nodes up to which the same holds: more columns than any file has.
const MOST_LEVELS: usize = 8;

/// Children of the root that the smaller class of panels fills at most: three of sixteen.
const FEW: usize = 3;

/// How large a circuit is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Shape {
    /// Field elements in a column: samples / 126, rounded up.
    pub elements: usize,
    /// Columns that fit in.
    pub places: usize,
    /// Nodes that are opened at each level, those above the leaves first, the root last.
    pub nodes: Vec<usize>,
}

/// A question that no shape is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoShape {
    /// Nothing is asked.
    #[error("no columns are asked for")]
    NoColumns,
    /// Too many.
    #[error("{0} columns are asked for: prove takes up to {MOST_COLUMNS} columns for now")]
    TooManyColumns(usize),
    /// A place beyond the panel's last column.
    #[error("the panel has {columns} columns, none has the index {index}")]
    NoSuchColumn {
        /// From 0.
        index: u64,
        /// Columns of the panel.
        columns: u64,
    },
}

impl Shape {
    /// The shape for the columns with these places in a panel: one column alone has a circuit of
    /// its own; columns below one node of level 1 need one path; others are opened one by one.
    ///
    /// # Errors
    /// No columns, more than [`MOST_COLUMNS`], or one that the panel does not have.
    pub fn for_query(samples: u64, columns: u64, indices: &[u64]) -> Result<Self, NoShape> {
        let places = match indices.len() {
            0 => return Err(NoShape::NoColumns),
            1 => 1,
            2..=MOST_COLUMNS => MOST_COLUMNS,
            more => return Err(NoShape::TooManyColumns(more)),
        };
        if let Some(index) = indices.iter().copied().find(|index| *index >= columns) {
            return Err(NoShape::NoSuchColumn { index, columns });
        }
        let run = indices.iter().all(|i| i / ARITY as u64 == indices[0] / ARITY as u64);
        let depth = depth(columns);
        let nodes = if run { vec![1; depth] } else { scattered(columns, depth) };
        Ok(Self { elements: elements(samples), places, nodes })
    }

    /// The shapes of all questions to a panel: to one column, to a run, to columns anywhere.
    pub fn of_panel(samples: u64, columns: u64) -> Vec<Self> {
        let last = columns.saturating_sub(1);
        let questions = [vec![0], vec![0, last.min(1)], vec![0, last]];
        let mut shapes: Vec<Self> = Vec::new();
        for indices in questions.into_iter().map(|mut indices| {
            indices.dedup();
            indices
        }) {
            let shape = Self::for_query(samples, columns, &indices).ok();
            shapes.extend(shape.filter(|shape| !shapes.contains(shape)));
        }
        shapes
    }

    /// Whether [`Shape::for_query`] gives this shape for some question, of a size that a verifier
    /// can make anew: what an untrusted claim names is held against this first.
    pub fn is_made(&self) -> bool {
        let depth = self.depth();
        if !(1..=MOST_ELEMENTS).contains(&self.elements) || depth > MOST_LEVELS {
            return false;
        }
        let run = self.nodes.iter().all(|count| *count == 1);
        let capacity = 1u64 << (4 * depth);
        let classes = [capacity / ARITY as u64 * FEW as u64, capacity];
        match self.places {
            1 => run,
            MOST_COLUMNS if depth == 0 => false,
            MOST_COLUMNS => run || classes.iter().any(|c| scattered(*c, depth) == self.nodes),
            _ => false,
        }
    }

    /// Levels of nodes.
    pub const fn depth(&self) -> usize {
        self.nodes.len()
    }

    /// Slots for genotypes in a column.
    pub const fn slots(&self) -> usize {
        GENOTYPES_PER_ELEMENT * self.elements
    }

    /// Whether node or leaf number i below is a child of node number i of `level`, counted from
    /// 1: so where there are as many above as below.
    pub(crate) fn is_own(&self, level: usize) -> bool {
        let below = if level == 1 { self.places } else { self.nodes[level - 2] };
        below == self.nodes[level - 1]
    }
}

/// Each column has its own nodes, up to where there are fewer nodes than columns: below the root
/// as many as the class of the panel's size has.
fn scattered(columns: u64, depth: usize) -> Vec<usize> {
    let below_root = if columns <= (FEW as u64) << (4 * (depth - 1)) { FEW } else { ARITY };
    let mut nodes = vec![MOST_COLUMNS; depth];
    nodes[depth - 1] = 1;
    if depth > 1 {
        nodes[depth - 2] = below_root;
    }
    nodes
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { elements, places, nodes } = self;
        let nodes: Vec<String> = nodes.iter().map(usize::to_string).collect();
        write!(f, "{elements} elements, {places} places, nodes [{}]", nodes.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_has_one_shape() {
        for (samples, columns, indices, expected) in [
            (2504, 9750, vec![7], (20, 1, vec![1, 1, 1, 1])),
            (2504, 9750, vec![16, 31], (20, 16, vec![1, 1, 1, 1])),
            (2504, 9750, vec![15, 16], (20, 16, vec![16, 16, 3, 1])),
            (2504, 12_288, vec![0, 9999], (20, 16, vec![16, 16, 3, 1])),
            (2504, 12_289, vec![0, 9999], (20, 16, vec![16, 16, 16, 1])),
            (126, 48, vec![0, 47], (1, 16, vec![3, 1])),
            (126, 49, vec![0, 47], (1, 16, vec![16, 1])),
            (127, 16, vec![0, 15], (2, 16, vec![1])),
            (1, 1, vec![0], (1, 1, vec![])),
        ] {
            let shape = Shape::for_query(samples, columns, &indices).unwrap();
            assert!(shape.is_made(), "{shape}");
            assert_eq!((shape.elements, shape.places, shape.nodes), expected, "{columns}");
        }
        assert_eq!(Shape::for_query(1, 1, &[]), Err(NoShape::NoColumns));
        let beyond = NoShape::NoSuchColumn { index: 99, columns: 1 };
        assert_eq!(Shape::for_query(1, 1, &[0, 99]), Err(beyond));
        assert_eq!(
            Shape::for_query(1, 99, &[0; 17]).unwrap_err().to_string(),
            "17 columns are asked for: prove takes up to 16 columns for now"
        );
    }

    #[test]
    fn a_panel_has_the_shapes_of_its_questions() {
        for (columns, expected) in [
            (0, vec![]),
            (1, vec![(1, vec![])]),
            (2, vec![(1, vec![1]), (16, vec![1])]),
            (16, vec![(1, vec![1]), (16, vec![1])]),
            (17, vec![(1, vec![1, 1]), (16, vec![1, 1]), (16, vec![3, 1])]),
            (355, vec![(1, vec![1; 3]), (16, vec![1; 3]), (16, vec![16, 3, 1])]),
        ] {
            let found = Shape::of_panel(31, columns);
            let found: Vec<_> = found.into_iter().map(|s| (s.places, s.nodes)).collect();
            assert_eq!(found, expected, "{columns}");
        }
    }

    #[test]
    fn only_shapes_of_questions_are_made() {
        for (elements, places, nodes) in [
            (0, 1, vec![1]),
            (501, 1, vec![1]),
            (1, 2, vec![1]),
            (1, 16, vec![]),
            (1, 16, vec![16]),
            (1, 16, vec![2, 1]),
            (1, 16, vec![16, 16, 4, 1]),
            (1, 16, vec![16, 16, 3, 2]),
            (1, 1, vec![3, 1]),
            (1, 16, vec![1; 9]),
        ] {
            let shape = Shape { elements, places, nodes };
            assert!(!shape.is_made(), "{shape}");
        }
    }
}

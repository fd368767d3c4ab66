//! `P(tag; inputs)` as constraints: three for each S-box, and nothing else. Wires are the S-boxes'
//! inputs and the output; what lies between them is linear and stands in C, where it costs the
//! prover nothing. Specification: `docs/spec/circuit.md`, "Poseidon".

mod template;

use super::values::Values;
use crate::r1cs::{Combination, R1cs, Run, Wire, Wires};
use ark_ff::{AdditiveGroup, Field};
use ledger::poseidon::{FULL_ROUNDS, Permutation, RATE, initial};
use ledger::{Fr, Tag};
use template::{Slot, Template};

/// The wires of one use of `P`.
pub(crate) struct Hash {
    tag: Tag,
    inputs: usize,
    /// One permutation for each 16 inputs; each carries its output on as element 0.
    blocks: Vec<Block>,
}

/// The wires of one permutation.
struct Block {
    width: usize,
    private: Run,
    output: Wire,
}

impl Hash {
    /// A hash of so many inputs onto a new wire.
    pub(crate) fn allocate(wires: &mut Wires, tag: Tag, inputs: usize) -> Self {
        Self::allocate_last(wires, tag, inputs, None)
    }

    /// A hash of so many inputs onto a wire that is there, as a public one is.
    pub(crate) fn allocate_onto(wires: &mut Wires, tag: Tag, inputs: usize, output: Wire) -> Self {
        Self::allocate_last(wires, tag, inputs, Some(output))
    }

    fn allocate_last(wires: &mut Wires, tag: Tag, inputs: usize, onto: Option<Wire>) -> Self {
        let count = inputs.div_ceil(RATE);
        let block = |number| {
            let width = 1 + RATE.min(inputs - RATE * number);
            let private = wires.run(template::private_wires(width));
            let output = onto.filter(|_| number + 1 == count).unwrap_or_else(|| wires.one());
            Block { width, private, output }
        };
        Self { tag, inputs, blocks: (0..count).map(block).collect() }
    }

    pub(crate) fn output(&self) -> Wire {
        self.blocks.last().expect("P has at least one input").output
    }

    /// The output is `P(tag; inputs)`.
    pub(crate) fn constrain(&self, r1cs: &mut R1cs, inputs: &[Combination]) {
        assert_eq!(inputs.len(), self.inputs, "inputs of {:?}", self.tag);
        let mut carried = Combination::from(initial(self.tag, self.inputs));
        for (block, inputs) in self.blocks.iter().zip(inputs.chunks(RATE)) {
            block.constrain(r1cs, carried, inputs);
            carried = block.output.into();
        }
    }

    /// Values of every wire of the hash, the output among them; returns the output.
    pub(crate) fn assign(&self, values: &mut Values<'_>, inputs: &[Fr]) -> Fr {
        assert_eq!(inputs.len(), self.inputs, "inputs of {:?}", self.tag);
        let mut carried = initial(self.tag, self.inputs);
        for (block, inputs) in self.blocks.iter().zip(inputs.chunks(RATE)) {
            carried = block.assign(values, carried, inputs);
        }
        carried
    }
}

impl Block {
    /// Every S-box's output, x⁴ · x, is the combination of later wires that it has to be.
    fn constrain(&self, r1cs: &mut R1cs, carried: Combination, inputs: &[Combination]) {
        let template = Template::of_width(self.width);
        let constants = &Permutation::of_width(self.width).constants[0];
        let mut first = [&[carried], inputs]
            .concat()
            .into_iter()
            .zip(constants)
            .map(|(input, constant)| input + *constant);
        for (sbox, output) in template.outputs.iter().enumerate() {
            let input = match first.next() {
                Some(input) => input,
                None => self.private.at(template::input(self.width, sbox)).into(),
            };
            let [square, fourth] = template::powers(self.width, sbox).map(|at| self.private.at(at));
            r1cs.enforce(input.clone(), input.clone(), square);
            r1cs.enforce(square, square, fourth);
            r1cs.enforce(fourth, input, self.combination(output));
        }
    }

    fn combination(&self, terms: &[(Slot, Fr)]) -> Combination {
        let mut combination = Combination::default();
        for (slot, coefficient) in terms {
            let wire = match slot {
                Slot::One => Wire::ONE,
                Slot::Private(at) => self.private.at(*at),
                Slot::Output => self.output,
            };
            combination.add_term(wire, *coefficient);
        }
        combination
    }

    fn assign(&self, values: &mut Values<'_>, carried: Fr, inputs: &[Fr]) -> Fr {
        let permutation = Permutation::of_width(self.width);
        let partial = FULL_ROUNDS / 2..FULL_ROUNDS / 2 + permutation.partial_rounds;
        let last = permutation.constants.len() - 1;
        let mut state = [Fr::ZERO; RATE + 1];
        let state = &mut state[..self.width];
        state[0] = carried;
        state[1..].copy_from_slice(inputs);
        let mut sbox = 0;
        for (round, constants) in permutation.constants.iter().enumerate() {
            state.iter_mut().zip(constants).for_each(|(element, constant)| *element += constant);
            let active = if partial.contains(&round) { 1 } else { self.width };
            for (place, element) in state[..active].iter_mut().enumerate() {
                if round > 0 {
                    values.set(self.private.at(template::input(self.width, sbox)), *element);
                }
                let [square, fourth] = [element.square(), element.square().square()];
                let at = template::powers(self.width, sbox);
                values.set(self.private.at(at[0]), square);
                values.set(self.private.at(at[1]), fourth);
                *element *= fourth;
                if round == last && place > 0 {
                    values.set(self.private.at(template::last_output(self.width, place)), *element);
                }
                sbox += 1;
            }
            multiply(&permutation.matrix, state);
        }
        values.set(self.output, state[0]);
        state[0]
    }
}

/// `state ← matrix · state`.
fn multiply(matrix: &[Vec<Fr>], state: &mut [Fr]) {
    let mut product = [Fr::ZERO; RATE + 1];
    for (element, row) in product.iter_mut().zip(matrix) {
        *element = dot(row, state);
    }
    state.copy_from_slice(&product[..state.len()]);
}

fn dot(left: &[Fr], right: &[Fr]) -> Fr {
    left.iter().zip(right).fold(Fr::ZERO, |sum, (l, r)| sum + *l * r)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::r1cs::assert_bound;
    use ledger::poseidon;

    fn hash(inputs: usize) -> (R1cs, Vec<Fr>) {
        let mut wires = Wires::new();
        let given = wires.run(inputs);
        let hash = Hash::allocate(&mut wires, Tag::QUERY, inputs);
        let mut r1cs = R1cs::new(inputs, wires.count());
        hash.constrain(&mut r1cs, &given.iter().map(Combination::from).collect::<Vec<_>>());

        let mut values = vec![Fr::ZERO; wires.count()];
        values[0] = Fr::ONE;
        let inputs: Vec<Fr> = (1..=inputs as u64).map(|i| Fr::from(i).pow([i + 40])).collect();
        values[1..=inputs.len()].copy_from_slice(&inputs);
        let output = hash.assign(&mut Values::all(&mut values), &inputs);
        assert_eq!(output, poseidon::hash(Tag::QUERY, &inputs));
        assert_eq!(values[hash.output().0 as usize], output);
        (r1cs, values)
    }

    #[test]
    fn every_width_equals_the_native_hash_and_leaves_no_wire_free() {
        for inputs in [1, 2, 4, 5, 6, 7, 10, 13, 15, 16, 17, 32] {
            let (r1cs, values) = hash(inputs);
            assert_eq!(r1cs.violated(&values), None, "{inputs} inputs");
            assert_bound(&r1cs, &values);
        }
    }

    #[test]
    fn an_sbox_costs_three_constraints() {
        for (inputs, constraints) in [(2, 243), (4, 300), (7, 384), (16, 612), (20, 912)] {
            let r1cs = hash(inputs).0;
            assert_eq!(r1cs.constraints(), constraints, "{inputs} inputs");
            assert_eq!(r1cs.wires, 1 + inputs + constraints);
        }
    }
}

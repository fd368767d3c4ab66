//! The circuit of `allele-frequency/1`: one generator for all shapes. The wires of each part, the
//! constraints on them and their values stand side by side in the part's module; here they are put
//! together. Specification: `docs/spec/circuit.md`, `docs/spec/statement.md`.

mod choice;
mod genotypes;
mod node;
mod opening;
mod place;
mod poseidon;
mod samples;
#[cfg(test)]
mod tests;
mod values;
mod witness;

pub(crate) use witness::{Column, Witness};

use crate::panel::BY_COLUMN;
use crate::r1cs::{Combination, R1cs, Wire, Wires};
use crate::shape::Shape;
use ark_ff::{AdditiveGroup, Field};
use ledger::statement::{ALLELE_FREQUENCY, ReleaseRule, protocol_element};
use ledger::{Fr, Statement, Tag, hash};
use opening::{Opening, Route, candidates};
use place::Place;
use poseidon::Hash;
use rayon::prelude::*;
use samples::Samples;
use values::Values;
use zeroize::Zeroizing;

/// The public inputs, in the order of a statement.
struct Instance {
    context: Wire,
    data: Wire,
    model: Wire,
    query: Wire,
    result: Wire,
}

/// The wires of a shape's circuit.
pub(crate) struct Circuit {
    shape: Shape,
    instance: Instance,
    samples: Samples,
    columns: Wire,
    samples_commit: Wire,
    places: Vec<Place>,
    opening: Opening,
    panel: Hash,
    query: Hash,
    result: Hash,
    /// The first wire of the places, of the opening, and of what follows.
    stretches: [usize; 3],
    wires: usize,
}

impl Circuit {
    pub(crate) fn new(shape: &Shape) -> Self {
        let mut wires = Wires::new();
        let public: [Wire; Statement::NAMES.len()] = std::array::from_fn(|_| wires.one());
        let [context, data, model, query, result] = public;
        let instance = Instance { context, data, model, query, result };
        let samples = Samples::allocate(&mut wires);
        let [columns, samples_commit] = [wires.one(), wires.one()];
        let places_first = wires.count();
        let place = |_| Place::allocate(&mut wires, shape, candidates(shape, 1));
        let places: Vec<Place> = (0..shape.places).map(place).collect();
        let opening_first = wires.count();
        let opening = Opening::allocate(&mut wires, shape);
        let last_first = wires.count();
        Self {
            shape: shape.clone(),
            samples,
            columns,
            samples_commit,
            places,
            opening,
            panel: Hash::allocate_onto(&mut wires, Tag::PANEL, 6, instance.data),
            query: Hash::allocate_onto(&mut wires, Tag::QUERY, 4 + shape.places, instance.query),
            result: Hash::allocate_onto(&mut wires, Tag::RESULT, 2 * shape.places, instance.result),
            instance,
            stretches: [places_first, opening_first, last_first],
            wires: wires.count(),
        }
    }

    /// Every constraint, block by block.
    pub(crate) fn r1cs(&self) -> R1cs {
        let mut r1cs = R1cs::new(Statement::NAMES.len(), self.wires);
        let all = &mut r1cs;
        self.constrain_model(all);
        self.places.iter().for_each(|place| place.constrain(all, &self.shape));
        self.constrain_samples(all);
        self.opening.constrain(all, &self.shape, &self.places);
        self.constrain_panel(all);
        self.constrain_query(all);
        self.constrain_result(all);
        r1cs
    }

    /// There is no model: its root is 0.
    fn constrain_model(&self, r1cs: &mut R1cs) {
        r1cs.begin("model");
        r1cs.enforce(self.instance.model, 1, 0);
    }

    /// Slots of the last element beyond the last person hold missing in every column.
    fn constrain_samples(&self, r1cs: &mut R1cs) {
        r1cs.begin("samples");
        let slots = crate::panel::GENOTYPES_PER_ELEMENT;
        let before = slots * (self.shape.elements - 1);
        let last = |place: &Place| place.genotypes.dosages.part(before, slots);
        let last: Vec<_> = self.places.iter().map(last).collect();
        self.samples.constrain(r1cs, &self.shape, &last);
    }

    /// The data root is `P("panel"; 1, samples, columns, depth, tree_root, F(samples_commit))`.
    fn constrain_panel(&self, r1cs: &mut R1cs) {
        r1cs.begin("panel");
        let depth = self.shape.depth() as u64;
        let inputs = [
            BY_COLUMN.into(),
            self.samples.count.into(),
            self.columns.into(),
            depth.into(),
            self.opening.root.into(),
            self.samples_commit.into(),
        ];
        self.panel.constrain(r1cs, &inputs);
    }

    /// The query is `P("query"; context, protocol, min_samples, min_count, keys)`.
    fn constrain_query(&self, r1cs: &mut R1cs) {
        r1cs.begin("query");
        let head = query_head().map(Combination::from);
        let context = Combination::from(self.instance.context);
        let keys = self.places.iter().map(|place| place.key.into());
        let inputs: Vec<_> = [context].into_iter().chain(head).chain(keys).collect();
        self.query.constrain(r1cs, &inputs);
    }

    /// The result is `P("result"; AC, AN of each place)`.
    fn constrain_result(&self, r1cs: &mut R1cs) {
        r1cs.begin("result");
        let counts = |place: &Place| [place.genotypes.allele_count, place.genotypes.allele_number];
        let inputs: Vec<_> = self.places.iter().flat_map(counts).map(Combination::from).collect();
        self.result.constrain(r1cs, &inputs);
    }

    /// The values of all wires, the public ones among them.
    pub(crate) fn assign(&self, witness: &Witness) -> Zeroizing<Vec<Fr>> {
        let Witness { context, panel, columns, tree } = witness;
        let route = Route::new(&self.shape, columns.iter().map(|column| column.index).collect());
        let mut values = Zeroizing::new(vec![Fr::ZERO; self.wires]);
        values[0] = Fr::ONE;
        let [places_first, opening_first, last_first] = self.stretches;

        let each = (opening_first - places_first) / self.places.len();
        let stretch = &mut values[places_first..opening_first];
        let counts: Vec<(u64, u64)> = stretch
            .par_chunks_mut(each)
            .enumerate()
            .map(|(i, stretch)| {
                let mut values = Values::from(places_first + each * i, stretch);
                let (column, candidate) = (&columns[i], route.candidates[0][i]);
                self.places[i].assign(&mut values, &self.shape, column, candidate)
            })
            .collect();
        self.opening.assign(opening_first, &mut values[opening_first..last_first], tree, &route);

        let mut values_of = Values::all(&mut values);
        values_of.set(self.instance.context, *context);
        values_of.set(self.columns, panel.columns);
        let samples_commit = hash::to_field(panel.samples_commit);
        values_of.set(self.samples_commit, samples_commit);
        self.samples.assign(&mut values_of, panel.samples);
        let numbers = [BY_COLUMN, panel.samples, panel.columns, self.shape.depth() as u64];
        let [kind, samples, columns_of, depth] = numbers.map(Fr::from);
        let inputs = [kind, samples, columns_of, depth, tree.root, samples_commit];
        self.panel.assign(&mut values_of, &inputs);
        let keys = columns.iter().map(|column| column.key);
        let inputs: Vec<Fr> = [*context].into_iter().chain(query_head()).chain(keys).collect();
        self.query.assign(&mut values_of, &inputs);
        let inputs = counts.iter().flat_map(|(ac, an)| [Fr::from(*ac), Fr::from(*an)]);
        self.result.assign(&mut values_of, &inputs.collect::<Vec<_>>());
        values
    }
}

/// Elements 2 to 4 of the query: the release rule is "none" in this version.
fn query_head() -> [Fr; 3] {
    let ReleaseRule { min_samples, min_count } = ReleaseRule::default();
    [protocol_element(ALLELE_FREQUENCY), min_samples.into(), min_count.into()]
}

/// The public inputs among the values of all wires.
pub(crate) fn statement(values: &[Fr]) -> Statement {
    Statement::from_inputs(std::array::from_fn(|i| values[1 + i]))
}

//! The values of one column, and what they say of its type.
//! Specification: `docs/spec/tables.md`, "Types".

use std::collections::{BTreeMap, HashMap};

use super::genotype::{self, Pairs};
use super::number::{self, Sums, quartile, rounded, show};
use super::profile::{ColumnProfile, Counted, Numbers};
use super::schema::{Decimal, Kind};

/// What a value takes in memory beside its text.
const EACH: usize = 64;
/// Different values that a category has, where their number says nothing else.
const FEW: u64 = 10;
/// Different values that a guessed category has at the most.
const MANY: u64 = 1000;

pub(super) struct Values<'a> {
    /// What the schema says.
    kind: Option<&'a Kind>,
    decimal: Decimal,
    count: u64,
    missing: u64,
    /// Each value and how often it is there; `None` after they were too many.
    counted: Option<HashMap<Box<str>, u64>>,
    cost: usize,
    /// What this column may take where others have taken the rest.
    share: usize,
    sums: Summed,
}

/// What is known without the values themselves.
#[derive(Default)]
struct Summed {
    numbers: Option<Sums>,
    as_numbers: u64,
    pairs: Option<Box<Pairs>>,
    as_pairs: u64,
}

impl<'a> Values<'a> {
    pub(super) fn new(kind: Option<&'a Kind>, decimal: Decimal, share: usize) -> Values<'a> {
        let (counted, sums) = (Some(HashMap::new()), Summed::default());
        Values { kind, decimal, count: 0, missing: 0, counted, cost: 0, share, sums }
    }

    /// Adds a value, or says what the schema expects instead. Spaces around it say nothing.
    pub(super) fn take(
        &mut self,
        text: &str,
        missing: &[String],
        spent: &mut usize,
        budget: usize,
    ) -> Result<(), &'static str> {
        let text = text.trim_matches(' ');
        if missing.iter().any(|word| word == text) {
            self.missing += 1;
            return Ok(());
        }
        self.count += 1;
        let Some(counted) = &mut self.counted else {
            self.check(text)?;
            self.sums.add(text, self.decimal, 1);
            return Ok(());
        };
        if let Some(times) = counted.get_mut(text) {
            *times += 1;
            return Ok(());
        }
        counted.insert(text.into(), 1);
        let cost = text.len() + EACH;
        self.cost += cost;
        *spent += cost;
        if *spent > budget && self.cost > self.share {
            *spent -= self.cost;
            self.sum_up();
        }
        self.check(text)
    }

    /// Whether a value is what the schema says.
    fn check(&self, text: &str) -> Result<(), &'static str> {
        match self.kind {
            Some(Kind::Number) if number::parse(text, self.decimal).is_none() => {
                Err("a decimal number, as the schema says")
            }
            Some(Kind::Genotype) if genotype::parse(text).is_none() => {
                Err("a genotype of two letters, as the schema says")
            }
            Some(Kind::Category(Some(words))) if !words.iter().any(|word| word == text) => {
                Err("one of the schema's categories")
            }
            _ => Ok(()),
        }
    }

    /// Gives up the values for their sums.
    fn sum_up(&mut self) {
        for (value, times) in self.counted.take().into_iter().flatten() {
            self.sums.add(&value, self.decimal, times);
        }
    }

    pub(super) fn profile(mut self, name: String) -> ColumnProfile {
        let counted = self.counted.take();
        for (value, times) in counted.iter().flatten() {
            self.sums.add(value, self.decimal, *times);
        }
        let values = counted.as_ref().map(|counted| counted.len() as u64);
        let kind = self.kind.cloned().unwrap_or_else(|| self.guess(values));
        let name_is_value = match kind {
            Kind::Number => number::parse(&name, self.decimal).is_some(),
            Kind::Genotype => genotype::parse(&name).is_some(),
            Kind::Category(_) | Kind::Text => false,
        };
        let mut profile = ColumnProfile {
            name,
            name_is_value,
            kind: kind.word(),
            guessed: self.kind.is_none(),
            count: self.count,
            missing: self.missing,
            distinct: values,
            as_numbers: Some(self.sums.as_numbers),
            as_pairs: Some(self.sums.as_pairs),
            numbers: None,
            categories: None,
            letters: None,
        };
        match kind {
            Kind::Number => {
                let sorted = counted.map(|counted| sorted(counted, self.decimal));
                profile.distinct = sorted.as_ref().map(|sorted| sorted.len() as u64);
                profile.numbers = self.sums.numbers.map(|sums| numbers(&sums, sorted.as_deref()));
            }
            Kind::Genotype => {
                let pairs = self.sums.pairs.unwrap_or_default();
                profile.count = pairs.called();
                profile.missing += pairs.not_called;
                let letters = pairs.letters();
                profile.distinct = Some(letters.pairs.len() as u64);
                profile.letters = Some(letters);
            }
            Kind::Category(_) => {
                profile.categories = counted.map(|counted| {
                    let counts: BTreeMap<_, _> = counted.into_iter().collect();
                    let one =
                        |(value, count): (Box<str>, u64)| Counted { value: value.into(), count };
                    counts.into_iter().map(one).collect()
                });
            }
            Kind::Text => {}
        }
        profile
    }

    fn guess(&self, values: Option<u64>) -> Kind {
        let Summed { as_numbers, as_pairs, pairs, .. } = &self.sums;
        if self.count > 0 && *as_numbers == self.count {
            return Kind::Number;
        }
        if let Some(pairs) = pairs
            && *as_pairs == self.count
            && pairs.look_like_genotypes()
        {
            return Kind::Genotype;
        }
        match values {
            Some(values) if values < self.count && values <= MANY.min(FEW.max(self.count / 2)) => {
                Kind::Category(None)
            }
            _ => Kind::Text,
        }
    }
}

impl Summed {
    fn add(&mut self, text: &str, decimal: Decimal, times: u64) {
        if let Some(number) = number::parse(text, decimal) {
            self.as_numbers += times;
            match &mut self.numbers {
                Some(sums) => sums.add(&number, times),
                none => *none = Some(Sums::of(&number, times)),
            }
        }
        if let Some(pair) = genotype::parse(text) {
            self.as_pairs += times;
            self.pairs.get_or_insert_default().add(pair, times);
        }
    }
}

type Sorted = Vec<(bigdecimal::BigDecimal, u64)>;

/// Numbers by value: `3` and `3.0` are one.
fn sorted(counted: HashMap<Box<str>, u64>, decimal: Decimal) -> Sorted {
    let mut sorted: Sorted = counted
        .into_iter()
        .filter_map(|(value, times)| Some((number::parse(&value, decimal)?, times)))
        .collect();
    sorted.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    sorted.dedup_by(|(next, times), (one, sum)| {
        let same = next == one;
        *sum += if same { *times } else { 0 };
        same
    });
    sorted
}

fn numbers(sums: &Sums, sorted: Option<&[(bigdecimal::BigDecimal, u64)]>) -> Numbers {
    let part = |quarters| sorted.map(|sorted| show(&quartile(sorted, sums.count, quarters)));
    Numbers {
        min: show(&sums.least),
        max: show(&sums.most),
        sum: show(&sums.sum),
        mean: rounded(&sums.mean()),
        sd: sums.deviation().map(|sd| rounded(&sd)),
        q1: part(1),
        median: part(2),
        q3: part(3),
    }
}

//! Makes the shape table and prints it; `--write` writes it to `prover/shapes.json`.

use prover::Shape;
use prover::shape_table::ShapeRow;

/// People by 126, places, nodes: the 2,504 people of the public cohort, and small panels.
const SHIPPED: [(usize, usize, &[usize]); 10] = [
    (20, 16, &[16, 16, 3, 1]),
    (20, 16, &[1, 1, 1, 1]),
    (20, 1, &[1, 1, 1, 1]),
    (1, 1, &[]),
    (1, 1, &[1]),
    (1, 1, &[1, 1]),
    (1, 16, &[1]),
    (1, 16, &[1, 1]),
    (1, 16, &[3, 1]),
    (1, 16, &[16, 1]),
];

fn main() -> std::io::Result<()> {
    let rows: Vec<ShapeRow> = SHIPPED
        .iter()
        .map(|(elements, places, nodes)| {
            let shape = Shape { elements: *elements, places: *places, nodes: nodes.to_vec() };
            eprintln!("{shape}");
            ShapeRow::make(&shape)
        })
        .collect();
    let text = format!("{}\n", serde_json::to_string_pretty(&rows)?);
    if std::env::args().any(|argument| argument == "--write") {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/shapes.json"), text)
    } else {
        print!("{text}");
        Ok(())
    }
}

use crate::answer::Answer;
use crate::describe;
use crate::failure::Failure;
use crate::reading::IndexArg;
use crate::session::Session;
use clap::Args;
use serde_json::json;

/// Find datasets by the words of their public descriptions; without words, all of them.
///
/// JSON: datasets: [{id, owner, status, title, …, terms}].
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome search chromosome 22")]
pub(crate) struct Search {
    /// Words, or beginnings of words
    words: Vec<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    index: IndexArg,
}

pub(crate) fn run(session: &Session, args: &Search) -> Result<Answer, Failure> {
    let network = session.network()?;
    let found = session.reading(&args.index)?.search(&args.words.join(" "), args.limit)?;
    let mut text: String =
        found.iter().map(|d| describe::dataset_line(&network, d) + "\n").collect();
    if found.is_empty() {
        text = match args.words.as_slice() {
            [] => "no dataset is listed yet\n".to_owned(),
            _ => "no dataset has these words\n".to_owned(),
        };
    }
    Ok(Answer::yes(text, json!({ "datasets": found })))
}

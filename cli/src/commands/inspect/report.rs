//! The sections as one page that needs nothing else: no script, no font, no address. Every text is
//! escaped, and shown without characters that change what stands beside them.

use super::plot::Plot;
use super::sections::{Section, Table};
use crate::describe::count;
use crate::plain::plain;
use std::fmt::Write as _;

const STYLE: &str = include_str!("report.css");

/// `name` is the file's.
pub(super) fn report(name: &str, sections: &[Section]) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Inspection of {0}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Inspection of {0}</h1>\n\
         <p class=\"warning\">For those who keep the data: this page names people.</p>\n",
        escape(name)
    );
    for section in sections {
        add(&mut page, section);
    }
    page + "</main>\n</body>\n</html>\n"
}

fn add(page: &mut String, section: &Section) {
    *page += &format!("<section>\n<h2>{}</h2>\n", escape(section.title));
    *page += "<table class=\"facts\">\n<tbody>\n";
    for (label, value) in &section.lines {
        let class = if label.starts_with(' ') { " class=\"part\"" } else { "" };
        let (label, value) = (escape(label.trim_start()), escape(value));
        *page += &format!("<tr><th scope=\"row\"{class}>{label}</th><td>{value}</td></tr>\n");
    }
    *page += "</tbody>\n</table>\n";
    for note in &section.notes {
        *page += &format!("<p class=\"note\">{}</p>\n", escape(note));
    }
    for plot in &section.plots {
        draw(page, plot);
    }
    for table in &section.tables {
        tabulate(page, table);
    }
    *page += "</section>\n";
}

/// Widths and heights in the picture's own units.
const WIDTH: u128 = 320;
const ROW: usize = 18;
const LABEL: usize = 96;
const NUMBER: usize = 62;

/// The numbers stand beside the bars, so that the picture needs no other words.
fn draw(page: &mut String, plot: &Plot) {
    let bars = WIDTH - (LABEL + NUMBER) as u128;
    let height = plot.bars.len() * ROW;
    let title = escape(&plot.title);
    let _ = write!(
        page,
        "<figure>\n<figcaption>{title}</figcaption>\n\
         <svg role=\"img\" viewBox=\"0 0 {WIDTH} {height}\" aria-label=\"{title}: "
    );
    let spoken: Vec<_> =
        plot.bars.iter().map(|(label, n)| format!("{} {}", escape(label), count(*n))).collect();
    *page += &format!("{}\">\n", spoken.join("; "));
    for (place, (label, n)) in plot.bars.iter().enumerate() {
        let (top, base) = (place * ROW + 3, place * ROW + 13);
        // A bar that stands for something is seen.
        let width = (u128::from(*n) * bars / u128::from(plot.most())).max(u128::from(*n > 0));
        let (end, begin) = (LABEL - 6, LABEL + NUMBER);
        let label = escape(label);
        *page += &format!(
            "<text x=\"{end}\" y=\"{base}\" text-anchor=\"end\">{label}</text>\
             <text x=\"{}\" y=\"{base}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{begin}\" y=\"{top}\" width=\"{width}\" height=\"12\"/>\n",
            begin - 6,
            count(*n)
        );
    }
    *page += "</svg>\n</figure>\n";
}

fn tabulate(page: &mut String, table: &Table) {
    let title = escape(&table.title);
    *page += &format!(
        "<div class=\"wide\" role=\"region\" aria-label=\"{title}\" tabindex=\"0\">\n\
         <table class=\"people\">\n<caption>{title}</caption>\n<thead><tr>"
    );
    for name in &table.head {
        *page += &format!("<th scope=\"col\">{}</th>", escape(name));
    }
    *page += "</tr></thead>\n<tbody>\n";
    for row in &table.rows {
        let cells = row.iter().map(|cell| format!("<td>{}</td>", escape(cell)));
        *page += &format!("<tr>{}</tr>\n", cells.collect::<String>());
    }
    *page += "</tbody>\n</table>\n</div>\n";
    if table.more > 0 {
        *page += &format!("<p class=\"note\">and {} more</p>\n", count(table.more));
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_escaped() {
        const HOSTILE: &str = "\"><script>alert(1)</script>&'\u{202e}\u{1b}";
        let shown = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;��";
        let mut section = Section::new("Title");
        section.add(HOSTILE, HOSTILE);
        section.notes.push(HOSTILE.to_owned());
        section.plots.push(Plot { title: HOSTILE.into(), bars: vec![(HOSTILE.into(), 2)] });
        let row = vec![HOSTILE.to_owned()];
        section.tables.push(Table {
            title: HOSTILE.into(),
            head: vec!["name"],
            rows: vec![row],
            more: 3,
        });
        let page = report(HOSTILE, &[section]);
        assert!(
            !page.contains("<script") && !page.contains('\u{202e}') && !page.contains('\u{1b}')
        );
        assert_eq!(page.matches(shown).count(), 12);
        assert!(page.contains("and 3 more"));
        let outside = ["http:", "https:", "//", "url(", "@import", "src=", "href="];
        assert!(outside.iter().all(|word| !page.contains(word)));
    }
}

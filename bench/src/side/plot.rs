//! Bars for the documentation.

use std::fmt::Write as _;

use super::report::{Report, Row};

const WIDTH: f64 = 760.0;
const LABEL: f64 = 230.0;
const BAR: f64 = 18.0;
const GAP: f64 = 34.0;

/// One group of bars a work, each group on a scale of its own: where the most connections ask, and without a storm.
pub(crate) fn draw(report: &Report) -> String {
    let mut bars = String::new();
    let mut y = 0.0;
    for work in ["verify", "refresh", "login"] {
        let rows = rows_of(report, work);
        let most = rows.iter().map(|row| row.figures.per_second).fold(0.0, f64::max);
        let connections = rows.first().map_or(0, |row| row.connections);
        y += GAP;
        let _ = writeln!(bars, r#"<text x="0" y="{y}" class="work">{work}, {connections} connections</text>"#);
        for row in rows {
            y += BAR + 6.0;
            let length = (WIDTH - LABEL - 150.0) * row.figures.per_second / most;
            let class = if row.contender.starts_with("hallpass") { "ours" } else { "theirs" };
            let _ = writeln!(
                bars,
                r#"<text x="{}" y="{}" class="name">{}</text><rect x="{LABEL}" y="{}" width="{length:.1}" height="{BAR}" class="{class}"/><text x="{:.1}" y="{}">{:.0} a second</text>"#,
                LABEL - 10.0,
                y + 13.0,
                row.contender,
                y,
                LABEL + length + 8.0,
                y + 13.0,
                row.figures.per_second
            );
        }
        y += BAR;
    }
    let height = y + 20.0;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Requests a second, hallpass beside Node servers">
<style>text {{ font: 13px system-ui, sans-serif; fill: #24292f }} .work {{ font-weight: 600; font-size: 15px }} .name {{ text-anchor: end }} .ours {{ fill: #1a7f5a }} .theirs {{ fill: #9aa4ae }} @media (prefers-color-scheme: dark) {{ text {{ fill: #e6edf3 }} .ours {{ fill: #3fb984 }} .theirs {{ fill: #6e7781 }} }}</style>
{bars}</svg>
"#
    )
}

fn rows_of<'a>(report: &'a Report, work: &str) -> Vec<&'a Row> {
    let of_work = || report.rows.iter().filter(|row| row.work == work && row.storm == 0 && row.arriving.is_none());
    // The numbers of the documentation's table: 64 connections where there are such.
    let wanted = of_work().map(|row| row.connections).find(|connections| *connections == 64);
    let wanted = wanted.or_else(|| of_work().map(|row| row.connections).max());
    of_work().filter(|row| Some(row.connections) == wanted).collect()
}

//! What is printed: tables in Markdown, and a row of the summary for each goal.

#![expect(clippy::print_stdout, reason = "measuring programs tell their figures")]

use std::fmt::{self, Write as _};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::options::Options;
use crate::stats::Spread;

/// A bound that a figure has to keep.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    /// At most so much.
    AtMost(f64),
    /// At least so much.
    AtLeast(f64),
    /// No bound: told for comparison.
    Told,
}

/// Collects what is to be said.
#[derive(Debug)]
pub struct Report {
    rows: String,
    missed: usize,
    options: Options,
}

impl Report {
    /// Nothing yet.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        Self {
            rows: String::new(),
            missed: 0,
            options: options.clone(),
        }
    }

    /// Prints the head of a table.
    pub fn table(&self, title: &str, columns: &[&str]) {
        println!("\n### {title}\n\n| {} |", columns.join(" | "));
        println!("|{}", " --- |".repeat(columns.len()));
    }

    /// Prints a line of a table.
    pub fn line(&self, cells: &[&dyn fmt::Display]) {
        let cells: Vec<_> = cells.iter().map(ToString::to_string).collect();
        println!("| {} |", cells.join(" | "));
    }

    /// Judges the median of a figure by its goal.
    pub fn judge(&mut self, figure: &str, unit: &str, goal: Goal, measured: Spread) {
        let (wanted, kept) = match goal {
            Goal::AtMost(most) => (format!("≤ {}", number(most)), Some(measured.median <= most)),
            Goal::AtLeast(least) => (
                format!("≥ {}", number(least)),
                Some(measured.median >= least),
            ),
            Goal::Told => ("–".to_owned(), None),
        };
        let verdict = match kept {
            Some(true) => "kept",
            Some(false) => "**missed**",
            None => "–",
        };
        self.missed += usize::from(kept == Some(false));
        let Spread {
            median,
            least,
            greatest,
            runs,
        } = measured;
        let spread = match runs {
            0 | 1 => "1 run".to_owned(),
            _ => format!("{}–{}, {runs} runs", number(least), number(greatest)),
        };
        let unit = if unit.is_empty() {
            String::new()
        } else {
            format!(" {unit}")
        };
        // Writing into a text cannot fail.
        let _ = writeln!(
            self.rows,
            "| {figure} | {wanted}{unit} | {}{unit} | {spread} | {verdict} |",
            number(median)
        );
    }

    /// Prints the summary, and says whether the program succeeded.
    ///
    /// # Errors
    /// When the file for the rows cannot be written.
    pub fn finish(self) -> Result<ExitCode> {
        if !self.rows.is_empty() {
            println!("\n{SUMMARY}\n{}", self.rows);
        }
        if let Some(path) = &self.options.rows {
            let file = OpenOptions::new().create(true).append(true).open(path);
            let mut file = file.with_context(|| format!("cannot open {}", path.display()))?;
            file.write_all(self.rows.as_bytes())?;
        }
        let failed = self.options.strict && self.missed > 0;
        Ok(if failed {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }
}

/// The head of the summary.
const SUMMARY: &str =
    "| figure | goal | measured | spread | verdict |\n| --- | --- | --- | --- | --- |";

/// A number with about three digits.
#[must_use]
pub fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[test]
    fn a_goal_that_is_missed_fails_only_when_that_is_wanted() {
        for (strict, wanted) in [(false, ExitCode::SUCCESS), (true, ExitCode::FAILURE)] {
            let mut options = Options::parse_from(["bench", "--bench"]);
            options.strict = strict;
            let mut report = Report::new(&options);
            report.judge(
                "CPU",
                "×",
                Goal::AtMost(1.2),
                Spread::of(vec![1.0, 1.3, 1.4]),
            );
            assert_eq!(
                report.rows,
                "| CPU | ≤ 1.20 × | 1.30 × | 1.00–1.40, 3 runs | **missed** |\n"
            );
            assert_eq!(report.finish().unwrap(), wanted);
        }
    }

    #[test]
    fn goals_that_are_kept_are_no_failure() {
        let options = Options::parse_from(["bench", "--bench", "--strict"]);
        let mut report = Report::new(&options);
        report.judge("a", "", Goal::AtLeast(0.8), Spread::of(vec![0.8]));
        report.judge("b", "ms", Goal::Told, Spread::of(vec![123.4]));
        assert_eq!(
            report.rows,
            "| a | ≥ 0.80 | 0.80 | 1 run | kept |\n| b | – ms | 123 ms | 1 run | – |\n"
        );
        assert_eq!(report.finish().unwrap(), ExitCode::SUCCESS);
    }
}

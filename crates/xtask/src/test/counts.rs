//! How many tests passed, failed and were skipped, as the runners themselves say.

use std::ops::AddAssign;

use anyhow::{Context, Result};
use serde::Deserialize;

/// Numbers of tests. A check without tests of its own counts as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    pub(crate) const ONE_PASSED: Self = Self { passed: 1, failed: 0, skipped: 0 };
    pub(crate) const ONE_FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };

    /// A runner that failed without a failed test (it did not compile, it crashed) counts as one failure.
    pub(crate) fn judged_by(mut self, success: bool) -> Self {
        if !success && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Sums the lines `test result: ok. 3 passed; 0 failed; 1 ignored; …` of `cargo test`.
pub(crate) fn of_cargo(output: &str) -> Counts {
    let mut sum = Counts::default();
    for rest in output.lines().filter_map(|line| line.strip_prefix("test result: ")) {
        // "ok. 3 passed" is the first part, "1 ignored" a later one.
        for part in rest.split(';') {
            let mut words = part.split_whitespace().rev();
            let (word, number) = (words.next(), words.next().and_then(|number| number.parse::<u64>().ok()));
            match (word, number) {
                (Some("passed"), Some(number)) => sum.passed += number,
                (Some("failed"), Some(number)) => sum.failed += number,
                (Some("ignored"), Some(number)) => sum.skipped += number,
                _ => {}
            }
        }
    }
    sum
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VitestReport {
    num_passed_tests: u64,
    num_failed_tests: u64,
    num_pending_tests: u64,
    num_todo_tests: u64,
    test_results: Vec<VitestFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VitestFile {
    status: String,
    assertion_results: Vec<VitestTest>,
}

#[derive(Deserialize)]
struct VitestTest {
    status: String,
}

/// Reads what vitest's JSON reporter wrote. A file that failed outside of its tests counts as one failure.
pub(crate) fn of_vitest(json: &str) -> Result<Counts> {
    let report: VitestReport =
        serde_json::from_str(json).context("vitest's report is not what its JSON reporter writes")?;
    let broken_files = report
        .test_results
        .iter()
        .filter(|file| file.status == "failed" && !file.assertion_results.iter().any(|test| test.status == "failed"));
    Ok(Counts {
        passed: report.num_passed_tests,
        failed: report.num_failed_tests + broken_files.count() as u64,
        skipped: report.num_pending_tests + report.num_todo_tests,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_results_are_summed_over_binaries() {
        let output = "\
running 2 tests
test a ... ok
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s
  test result: ok. 99 passed; 0 failed; 0 ignored
test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s
";
        assert_eq!(of_cargo(output), Counts { passed: 16, failed: 2, skipped: 1 });
    }

    #[test]
    fn a_runner_that_fails_without_a_failed_test_counts() {
        assert_eq!(of_cargo("error: could not compile").judged_by(false), Counts::ONE_FAILED);
        let two_failed = Counts { passed: 0, failed: 2, skipped: 0 };
        assert_eq!(two_failed.judged_by(false), two_failed);
        assert_eq!(Counts::ONE_PASSED.judged_by(true), Counts::ONE_PASSED);
    }

    #[test]
    fn vitest_results_count_files_that_never_ran() {
        let json = r#"{"numPassedTests":3,"numFailedTests":1,"numPendingTests":1,"numTodoTests":1,"success":false,"testResults":[
            {"name":"a","status":"failed","assertionResults":[{"status":"failed"},{"status":"passed"}]},
            {"name":"b","status":"failed","assertionResults":[]},
            {"name":"c","status":"passed","assertionResults":[{"status":"passed"}]}]}"#;
        assert_eq!(of_vitest(json).unwrap(), Counts { passed: 3, failed: 2, skipped: 2 });
    }
}

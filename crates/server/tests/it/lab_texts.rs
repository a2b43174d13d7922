//! The lab's words, read without a browser: numbers are worked out again, references looked up.

use std::process::Stdio;

use crate::child::node;

#[test]
fn each_number_and_each_reference_of_the_labs_texts_holds() {
    let said = node("tests/e2e/texts/check.mjs").stdin(Stdio::null()).output().expect("node runs");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

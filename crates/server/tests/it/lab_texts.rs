//! The lab's words, read without a browser: numbers are worked out again, references looked up.

use std::process::Stdio;

use crate::child::node;

fn passes(script: &str) {
    let said = node(&format!("tests/e2e/texts/{script}.mjs")).stdin(Stdio::null()).output().expect("node runs");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

#[test]
fn each_number_and_each_reference_of_the_labs_texts_holds() {
    passes("check");
}

#[test]
fn what_was_wrong_in_the_memory_game_comes_back_after_three_others_and_then_after_more() {
    passes("spacing");
}

#[test]
fn the_german_words_have_the_shape_the_numbers_and_the_references_of_the_english_ones() {
    passes("german");
}

#[test]
fn the_labs_rules_for_cookies_are_those_of_the_rfc() {
    passes("cookies");
}

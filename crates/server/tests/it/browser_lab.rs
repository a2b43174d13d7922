//! The lab in a real browser: every part of it driven to its end.

use crate::browser::drive;
use crate::process::Site;

#[test]
fn the_anatomy_judges_tokens_signs_them_again_and_stops_every_attack() {
    drive("lab_anatomy", &Site::new().serve());
}

#[test]
fn whatever_is_pasted_ends_in_a_sentence_that_helps_and_nothing_leaves_the_browser() {
    drive("lab_paste", &Site::new().serve());
}

#[test]
fn each_pattern_plays_to_its_end_on_a_desk_and_on_a_phone() {
    drive("lab_patterns", &Site::new().serve());
}

#[test]
fn the_challenge_of_each_pattern_plays_a_wrong_answer_and_ticks_the_right_one() {
    drive("lab_turns", &Site::new().serve());
}

#[test]
fn each_pattern_shows_its_other_forms_and_what_they_let_others_do() {
    drive("lab_variants", &Site::new().serve());
}

#[test]
fn the_clock_ends_what_has_an_end_and_a_page_refreshes_in_silence() {
    drive("lab_clock", &Site::new().serve());
}

#[test]
fn the_memory_game_is_won_with_the_keys_and_remembered() {
    drive("lab_quiz", &Site::new().serve());
}

#[test]
fn the_guided_way_leads_through_every_stop_is_kept_and_ends() {
    drive("lab_guide", &Site::new().serve());
}

#[test]
fn the_lab_speaks_german_to_those_who_do() {
    drive("lab_language", &Site::new().serve());
}

#[test]
fn the_lab_is_accessible_light_and_still_wide_and_narrow() {
    drive("lab_page", &Site::new().serve());
}

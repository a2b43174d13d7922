use std::collections::BTreeMap;

use crate::{Letter, Template, Words, WordsError};

fn letter<'a>(template: Template, language: &'a str, values: &'a BTreeMap<String, String>) -> Letter<'a> {
    Letter {
        template,
        language,
        host: "auth.example.com",
        link: "https://auth.example.com/reset#a\"<b>",
        code: Some("12345678"),
        values,
    }
}

fn embedded() -> Words {
    Words::embedded().expect("renders")
}

#[test]
fn both_forms_have_link_and_code_and_text_cannot_become_markup() {
    let none = BTreeMap::new();
    let made = embedded().render(&letter(Template::ResetPassword, "de", &none)).expect("renders");
    assert!(made.text.contains("https://auth.example.com/reset#a\"<b>") && made.text.contains("1234 5678"));
    assert!(made.html.contains("1234 5678") && !made.html.contains("<b>"), "{}", made.html);
    assert!(made.subject.starts_with("Neues Passwort festlegen"));
    assert!(!made.html.contains("<img") && !made.html.contains("http://"), "nothing is loaded by reading it");
}

#[test]
fn a_value_is_text_in_every_form_and_no_template_of_its_own() {
    let values = BTreeMap::from([("address".to_owned(), "<b>{{ host }}</b>".to_owned())]);
    let made = embedded().render(&letter(Template::EmailChanged, "en", &values)).expect("renders");
    assert!(made.text.contains("<b>{{ host }}</b>"), "{}", made.text);
    assert!(!made.html.contains("<b>") && made.html.contains("{{ host }}"), "{}", made.html);
}

#[test]
fn every_mail_says_the_same_things_in_both_languages() {
    let values = ["address", "device", "time"].map(|name| (name.to_owned(), "an example".to_owned()));
    let (words, values) = (embedded(), BTreeMap::from(values));
    for template in Template::ALL {
        assert_eq!(template.as_str().parse(), Ok(template));
        let (english, german) = (words.sentences(template, "en"), words.sentences(template, "de"));
        let (english, german) = (english.expect("English"), german.expect("German"));
        assert_eq!(english.act.is_empty(), german.act.is_empty(), "{template:?}");
        assert_eq!(english.code.is_empty(), german.code.is_empty(), "{template:?}");
        assert_eq!(english.until.is_empty(), german.until.is_empty(), "{template:?}");
        assert_ne!(english.says, german.says, "{template:?}");
        assert!(words.render(&letter(template, "fr", &values)).expect("renders").text.contains("auth.example.com"));
    }
}

#[test]
fn the_first_language_that_there_is_is_taken() {
    let words = embedded();
    assert_eq!(words.of_header("fr-CH, de;q=0.9, en;q=0.8"), Some("de"));
    assert_eq!(words.of_header("en-GB,de"), Some("en"));
    assert_eq!(words.of_header("*, ,;"), None);
    assert_eq!(words.of_header("DE-at"), Some("de"));
}

#[test]
fn a_folder_adds_a_language_replaces_a_sentence_and_a_layout_and_leaves_the_rest() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("writes");
    let test = "[test]\nsubject='Oui'\nsays='Bonjour de {{ host }}'\nact=''\ncode=''\nuntil=''\notherwise=''\n";
    write("fr.toml", test);
    write("letter.txt", "{{ words.says }} | {{ host }}\n");
    write("readme.md", "not read");
    let words = Words::of_folder(folder.path()).expect("reads");
    assert_eq!(words.languages().collect::<Vec<_>>(), ["de", "en", "fr"]);
    let none = BTreeMap::new();
    let made = words.render(&letter(Template::Test, "fr", &none)).expect("renders");
    assert_eq!(made.text, "Bonjour de auth.example.com | auth.example.com");
    let other = words.render(&letter(Template::ResetPassword, "fr", &none)).expect("renders");
    assert!(other.subject.starts_with("Set a new password"), "English stands in: {}", other.subject);
}

#[test]
fn what_is_wrong_in_a_folder_is_named_at_start() {
    let refused = |name: &str, text: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(name), text).expect("writes");
        Words::of_folder(folder.path()).expect_err("refused").to_string()
    };
    assert!(refused("en.toml", "[tset]\nsubject=''").contains("en.toml"));
    let test = "[test]\nsubject='Oui'\nsays='{{ password }}'\nact=''\ncode=''\nuntil=''\notherwise=''\n";
    assert!(refused("fr.toml", test).starts_with("test in `fr`"), "{}", refused("fr.toml", test));
    assert!(refused("letter.html", "{% if %}").contains("letter.html"));
    assert!(refused("letter.html", "{{ nothing }}").contains("verify_email"), "an unknown name is no empty text");
    let missing = Words::of_folder(std::path::Path::new("/nowhere/at/all")).expect_err("refused");
    assert!(matches!(missing, WordsError::Unreadable { .. }), "{missing}");
}

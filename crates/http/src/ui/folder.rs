//! The lab as files, for a host that serves files and nothing else.

use std::borrow::Cow;
use std::collections::BTreeMap;

use askama::Template;

use super::assets::{LANGUAGES, text_of};
use super::lab::Lab;
use super::page::Shell;

/// A file of the folder.
#[derive(Debug)]
pub struct File {
    /// Its path in the folder.
    pub path: String,
    /// What is in it.
    pub text: Cow<'static, str>,
}

/// Where the folder's page asks for the code that it shows.
const CODE: (&str, &str) = ("`/lab/code/", "`lab/code/");
/// The module that speaks to a server, and what stands in its place.
const SANDBOX: (&str, &str) = ("js/lab/sandbox.js", include_str!("../../assets/js/alone/sandbox.js"));

/// The lab's page and everything that it loads, under relative addresses.
///
/// # Errors
/// The page does not render.
pub fn lab_as_files() -> Result<Vec<File>, askama::Error> {
    let page = Lab { shell: Shell::of_a_folder() }.render()?;
    let mut open = loaded_by(&page);
    let mut files = BTreeMap::new();
    while let Some(name) = open.pop() {
        let Some(text) = text_of(&name).filter(|_| !files.contains_key(&name)) else { continue };
        let text = if name == SANDBOX.0 { SANDBOX.1 } else { text };
        open.extend(imported_by(&name, text));
        files.insert(name, Cow::from(text));
    }
    let relative = |text: Cow<'static, str>| {
        if text.contains(CODE.0) { Cow::from(text.replace(CODE.0, CODE.1)) } else { text }
    };
    let assets = files.into_iter().map(|(name, text)| File { path: format!("assets/{name}"), text: relative(text) });
    let page = File { path: "index.html".to_owned(), text: page.into() };
    Ok(std::iter::once(page).chain(assets).collect())
}

/// The assets that a page names.
fn loaded_by(page: &str) -> Vec<String> {
    let named = page.split("\"assets/").skip(1);
    named.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// The modules, words and styles that a module names, as assets.
fn imported_by(name: &str, text: &str) -> Vec<String> {
    let named =
        text.split("from \"").skip(1).chain(text.split("import(\"").skip(1)).chain(text.split("import \"").skip(1));
    let named = named.filter_map(|rest| rest.split('"').next()).filter(|path| path.starts_with('.'));
    let words = text.split("words(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let words = words.flat_map(|name| LANGUAGES.map(|language| format!("js/texts/{language}/{name}.js")));
    let styles = text.split("styles(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let styles = styles.map(|name| format!("css/lab_{name}.css"));
    named.map(|path| beside(name, path)).chain(words).chain(styles).collect()
}

/// `../dom.js` beside `js/lab/main.js` is `js/dom.js`.
fn beside(name: &str, path: &str) -> String {
    let mut parts: Vec<&str> = name.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that a module exports.
    fn exported(text: &str) -> std::collections::BTreeSet<&str> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("export "));
        let names = lines.filter_map(|line| {
            let line = line.strip_prefix("async ").unwrap_or(line);
            let line = ["function ", "class ", "const "].iter().find_map(|kind| line.strip_prefix(kind))?;
            line.split(|c: char| !c.is_ascii_alphanumeric()).next()
        });
        names.collect()
    }

    #[test]
    fn what_stands_in_for_the_sandbox_has_its_names() {
        let real = exported(text_of(SANDBOX.0).expect("the module"));
        assert!(real.len() > 10, "{real:?}");
        assert_eq!(exported(SANDBOX.1), real);
    }

    #[test]
    fn every_module_of_the_folder_finds_what_it_names_and_no_address_is_absolute() {
        let files = lab_as_files().expect("files");
        let names: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        for needed in ["index.html", "assets/css/hallpass.css", "assets/css/lab_reading.css", "assets/js/lab/main.js"] {
            assert!(names.contains(&needed), "{needed} is not in {names:?}");
        }
        for file in &files {
            let asset = file.path.strip_prefix("assets/").unwrap_or_default();
            for module in imported_by(asset, &file.text) {
                assert!(names.contains(&format!("assets/{module}").as_str()), "{} names {module}", file.path);
            }
        }
        let page = &files.iter().find(|file| file.path == "index.html").expect("a page").text;
        assert!(!page.contains("=\"/") && page.contains("Content-Security-Policy"), "{page}");
    }
}

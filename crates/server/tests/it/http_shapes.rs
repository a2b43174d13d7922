//! What clients are generated from, word for word: a change here is a change of the contract, and is reviewed.

use hallpass_server::problem::ALL;

use crate::support::TestServer;

#[tokio::test]
async fn the_api_description_is_as_reviewed() {
    let server = TestServer::new().await;
    let document = server.client().get("/openapi.json").send().await.expect(200).text();
    assert_eq!(document, hallpass_server::openapi::document("refresh_token"), "the command line prints the same");
    insta::assert_snapshot!("openapi", document);
}

#[test]
fn the_error_codes_are_as_reviewed() {
    let lines: Vec<String> = ALL.iter().map(|kind| format!("{} {}", kind.status.as_u16(), kind.code)).collect();
    insta::assert_snapshot!("problems", lines.join("\n"));
}

#[tokio::test]
async fn every_reference_of_the_api_description_leads_somewhere() {
    let document: serde_json::Value =
        serde_json::from_str(&hallpass_server::openapi::document("refresh_token")).expect("JSON");
    let text = document.to_string();
    let mut references = 0;
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document.pointer(reference).is_some(), "{reference}");
        references += 1;
    }
    assert!(references > 50, "{references}");
}

#[test]
fn the_prose_of_the_api_description_is_in_every_operation() {
    let document: serde_json::Value =
        serde_json::from_str(&hallpass_server::openapi::document("refresh_token")).expect("JSON");
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 3), "{method} {path}");
            assert!(operation["tags"].is_array(), "{method} {path}");
            let id = operation["operationId"].as_str().expect("an operationId").to_owned();
            assert!(ids.insert(id.clone()), "{id} is twice: a generator would make one function of two");
        }
    }
}

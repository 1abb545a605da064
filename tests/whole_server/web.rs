//! What people come to under `/meet/`, as the flags say.

use std::fs;

use reqwest::StatusCode;
use tempfile::tempdir;
use vnet::acs::emulator::AcsEmulator;

use crate::server::{Server, run};
use crate::support::person::Person;

#[tokio::test]
async fn another_front_end_is_taken_from_a_folder_and_plain_pages_need_none() {
    let (data, web) = (tempdir().unwrap(), tempdir().unwrap());
    let manifest = r#"{"app/main.tsx": {"file": "main-AAAAAAAA.js", "isEntry": true}}"#;
    fs::write(web.path().join("manifest.json"), manifest).unwrap();
    fs::write(web.path().join("main-AAAAAAAA.js"), "export {}").unwrap();
    let folder = web.path().to_str().unwrap();

    let server = Server::start(data.path(), &["--web-dir", folder]).await;
    let ada = Person::sign_up(&server.url, "ada_1").await;
    let page = ada.get("/meet/conf/abcdefghjk/").await;
    assert_eq!(page.status(), StatusCode::OK);
    let page = page.text().await.unwrap();
    assert!(
        page.contains(r#"src="/static/meeting/main-AAAAAAAA.js""#),
        "{page}"
    );
    let script = ada.get("/static/meeting/main-AAAAAAAA.js").await;
    assert_eq!(script.text().await.unwrap(), "export {}");
    server.stop().await;

    let server = Server::start(data.path(), &["--plain-pages"]).await;
    let ada = ada.at(&server.url);
    let page = ada.get("/meet/").await.text().await.unwrap();
    assert!(page.contains("Your Scheduled Meetings"), "{page}");
    server.stop().await;

    let both = run(&["--plain-pages", "--web-dir", folder], "").await;
    assert!(!both.status.success());
}

#[tokio::test]
async fn with_azure_and_without_its_module_the_start_says_what_to_run() {
    let (data, module) = (tempdir().unwrap(), tempdir().unwrap());
    let acs = AcsEmulator::builder()
        .build()
        .unwrap()
        .spawn()
        .await
        .unwrap();
    let string = acs.connection_string();
    let variables = [("VNET_ACS_CONNECTION_STRING", string.expose())];
    let folder = module.path().to_str().unwrap();
    let flags = ["--acs-endpoint-insecure", "--acs-web", folder];
    let server = Server::start_with(data.path(), &flags, &variables).await;
    server.wait_for_log("scripts/build-acs-web").await;
    server.stop().await;

    let name = "calling-0123456789abcdef.js";
    let manifest = format!(r#"{{"module": "{name}", "sdk": "2.0.0"}}"#);
    fs::write(module.path().join("manifest.json"), manifest).unwrap();
    fs::write(module.path().join(name), "export {}").unwrap();
    let server = Server::start_with(data.path(), &flags, &variables).await;
    let ada = Person::sign_up(&server.url, "ada_1").await;
    let file = ada.get(&format!("/static/acs/{name}")).await;
    assert_eq!(file.text().await.unwrap(), "export {}");
    let log = server.stop().await;
    assert!(!log.contains("build-acs-web"), "{log}");
}

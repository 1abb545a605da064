//! A front end in a folder.

use std::fs;

use vnet_core::web::FrontEnd as _;
use vnet_web::FolderFrontEnd;

#[tokio::test]
async fn a_new_build_is_served_without_a_new_start() {
    let home = tempfile::tempdir().unwrap();
    let web = FolderFrontEnd::new(home.path().join("dist"));
    assert_eq!(web.first_load().await.unwrap_err().code(), "no_front_end");
    fs::create_dir(home.path().join("dist")).unwrap();
    for name in ["main-AAAAAAAA.js", "main-BBBBBBBB.js"] {
        let manifest = format!(r#"{{"app/main.tsx": {{"file": "{name}", "isEntry": true}}}}"#);
        fs::write(home.path().join("dist/manifest.json"), manifest).unwrap();
        fs::write(home.path().join("dist").join(name), name).unwrap();
        assert_eq!(web.first_load().await.unwrap().script, name);
        let asset = web.asset(name).await.unwrap().unwrap();
        assert!(asset.is_immutable && asset.bytes == name);
    }
    // What the manifest does not name any more may change.
    let former = web.asset("main-AAAAAAAA.js").await.unwrap().unwrap();
    assert!(!former.is_immutable);
    assert!(
        web.asset("../dist/main-BBBBBBBB.js")
            .await
            .unwrap()
            .is_none()
    );
}

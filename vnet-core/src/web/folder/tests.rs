use std::time::Duration;

use super::*;

/// A folder with a file in it, beside a file that is nobody's business.
fn folder() -> (tempfile::TempDir, Folder) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("web");
    fs::create_dir_all(path.join("parts")).unwrap();
    fs::write(home.path().join("secret.js"), "secret").unwrap();
    fs::write(path.join("main.js"), "one").unwrap();
    fs::write(path.join("parts/a.css"), "two").unwrap();
    (home, Folder::new(path))
}

#[tokio::test]
async fn a_file_is_read_anew_each_time() {
    let (_home, folder) = folder();
    assert!(folder.has("main.js").await);
    let first = folder.asset("main.js").await.unwrap().unwrap();
    assert_eq!(&first.bytes[..], b"one");
    assert_eq!(first.mime, "text/javascript; charset=utf-8");
    assert!(first.encodings.is_empty() && !first.is_immutable);
    fs::write(folder.path().join("main.js"), "other").unwrap();
    let second = folder.asset("main.js").await.unwrap().unwrap();
    assert_eq!(&second.bytes[..], b"other");
    assert_ne!(first.etag, second.etag);
    let nested = folder.asset("parts/a.css").await.unwrap().unwrap();
    assert_eq!(&nested.bytes[..], b"two");
}

#[tokio::test]
async fn nothing_outside_is_given() {
    let (_home, folder) = folder();
    fs::write(folder.path().join(".hidden.js"), "x").unwrap();
    fs::write(folder.path().join("page.html"), "x").unwrap();
    let absolute = folder.path().join("main.js");
    for name in [
        "../secret.js",
        "parts/../../secret.js",
        "parts/../main.js",
        "./main.js",
        "//main.js",
        "parts//a.css",
        "..%2fsecret.js",
        "%2e%2e/secret.js",
        "..\\secret.js",
        "main.js\0",
        "",
        "parts",
        "parts/",
        ".hidden.js",
        "page.html",
        "missing.js",
        "main.js/more.js",
        absolute.to_str().unwrap(),
    ] {
        assert!(folder.asset(name).await.unwrap().is_none(), "{name:?}");
        assert!(!folder.has(name).await, "{name:?}");
    }
    let nowhere = Folder::new(folder.path().join("not-there"));
    assert!(nowhere.asset("main.js").await.unwrap().is_none());
}

#[cfg(unix)]
#[tokio::test]
async fn links_lead_nowhere_else() {
    use std::os::unix::fs::symlink;

    let (home, folder) = folder();
    symlink(home.path().join("secret.js"), folder.path().join("out.js")).unwrap();
    symlink(home.path(), folder.path().join("up")).unwrap();
    symlink("main.js", folder.path().join("in.js")).unwrap();
    symlink(
        home.path().join("secret.js"),
        folder.path().join("main.js.br"),
    )
    .unwrap();
    assert!(folder.asset("out.js").await.unwrap().is_none());
    assert!(folder.asset("up/secret.js").await.unwrap().is_none());
    let inside = folder.asset("in.js").await.unwrap().unwrap();
    assert_eq!(&inside.bytes[..], b"one");
    let main = folder.asset("main.js").await.unwrap().unwrap();
    assert!(main.encodings.is_empty());
}

#[tokio::test]
async fn packed_forms_count_unless_the_file_is_newer() {
    let (_home, folder) = folder();
    fs::write(folder.path().join("main.js.br"), "b").unwrap();
    fs::write(folder.path().join("main.js.gz"), "g").unwrap();
    let file = folder.asset("main.js").await.unwrap().unwrap();
    let packed = [(Coding::Brotli, "b"), (Coding::Gzip, "g")];
    assert_eq!(
        file.encodings,
        packed.map(|(coding, text)| (coding, Bytes::from_static(text.as_bytes())))
    );
    let packed_at = fs::metadata(folder.path().join("main.js.br")).and_then(|it| it.modified());
    let later = packed_at.unwrap() + Duration::from_secs(60);
    let main = fs::File::options()
        .write(true)
        .open(folder.path().join("main.js"))
        .unwrap();
    main.set_modified(later).unwrap();
    let file = folder.asset("main.js").await.unwrap().unwrap();
    assert!(file.encodings.is_empty());
}

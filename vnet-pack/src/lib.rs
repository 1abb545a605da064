#![doc = include_str!("../README.md")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// An encoding that saves less than one part in this many is not worth its place.
const WORTH_IT: usize = 10;

/// Packs all files of `folder`, a path below that of the crate, and writes the table of them to `table` in
/// the output folder of the build script. Cargo runs the script again when the folder changes.
///
/// # Errors
/// The folder cannot be read, or the output folder cannot be written to; or this is no build script.
pub fn pack(folder: &str, table: &str) -> io::Result<()> {
    tell_cargo(folder)?;
    let source = Path::new(&variable("CARGO_MANIFEST_DIR")?).join(folder);
    let out = PathBuf::from(variable("OUT_DIR")?);
    let text = write_table(&source, folder, &out, table)?;
    fs::write(out.join(table), text)
}

/// The table of all files of `source`, whose packed forms go into `out`.
fn write_table(source: &Path, folder: &str, out: &Path, table: &str) -> io::Result<String> {
    let mut names = Vec::new();
    collect(source, "", &mut names)?;
    names.sort();
    let mut text = String::from("&[\n");
    for (number, name) in names.iter().enumerate() {
        let bytes = fs::read(source.join(name))?;
        let mut encodings = String::new();
        for (coding, ending, packed) in [
            ("Brotli", "br", brotli(&bytes)?),
            ("Gzip", "gz", gzip(&bytes)?),
        ] {
            if packed.len() + bytes.len() / WORTH_IT < bytes.len() {
                let file = format!("{table}.{number}.{ending}");
                fs::write(out.join(&file), packed)?;
                // Writing into a String cannot fail.
                let _ = write!(
                    encodings,
                    "(::vnet_core::web::Coding::{coding}, include_bytes!(concat!(env!(\"OUT_DIR\"), {:?}))), ",
                    format!("/{file}")
                );
            }
        }
        let place = format!("/{folder}/{name}");
        let etag = etag(&bytes);
        let _ = writeln!(
            text,
            "    ::vnet_core::web::Packed {{ name: {name:?}, \
             bytes: include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {place:?})), \
             etag: {etag:?}, encodings: &[{encodings}] }},"
        );
    }
    text.push_str("]\n");
    Ok(text)
}

/// The files below `folder`, by their paths with slashes; what begins with a dot is none.
fn collect(folder: &Path, prefix: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), names)?;
        } else {
            names.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

fn etag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let digits = digest.iter().take(8);
    digits.fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &params)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes)?;
    packed.finish()
}

#[expect(
    clippy::print_stdout,
    reason = "this is how a build script talks to cargo"
)]
fn tell_cargo(folder: &str) -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    // With a folder cargo looks at everything in it.
    println!("cargo::rerun-if-changed={folder}");
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is how cargo hands its values to a build script"
)]
fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_file_in_order_and_packs_what_is_worth_it() {
        let home = tempfile::tempdir().unwrap();
        let (source, out) = (home.path().join("web"), home.path().join("out"));
        fs::create_dir_all(source.join("b")).unwrap();
        fs::create_dir(&out).unwrap();
        fs::write(source.join("c.js"), "abc ".repeat(1_000)).unwrap();
        fs::write(source.join("b/a.css"), "x").unwrap();
        fs::write(source.join(".hidden"), "x").unwrap();
        let table = write_table(&source, "web", &out, "t.rs").unwrap();
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines.len(), 4, "{table}");
        assert!(lines[1].contains(r#"name: "b/a.css""#), "{table}");
        assert!(lines[1].contains("encodings: &[]"), "{table}");
        assert!(lines[2].contains(r#""/web/c.js""#), "{table}");
        assert!(lines[2].contains(r#""/t.rs.1.br""#), "{table}");
        let packed = fs::read(out.join("t.rs.1.gz")).unwrap();
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut bytes).unwrap();
        assert_eq!(bytes, fs::read(source.join("c.js")).unwrap());
    }
}

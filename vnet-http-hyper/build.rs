//! Packs the files of `static/`, so that no server has to do it: `static_files.rs` in the output folder is
//! the table of them, each with its type, its version and its encodings.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// An encoding that saves less than one part in this many is not worth its place.
const WORTH_IT: usize = 10;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=static");
    let folder = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("static");
    let out = variable("OUT_DIR")?;
    let out = Path::new(&out);
    let mut files = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    let mut table = String::from("&[\n");
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        add(&mut table, out, &name, &fs::read(file.path())?)?;
    }
    table.push_str("]\n");
    fs::write(out.join("static_files.rs"), table)
}

/// Writes the encodings of one file into `out`, and its line into the table.
fn add(table: &mut String, out: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let digest = Sha256::digest(bytes);
    let version = digest
        .iter()
        .take(8)
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let mut encodings = String::new();
    for (coding, ending, packed) in [
        ("Brotli", "br", brotli(bytes)?),
        ("Gzip", "gz", gzip(bytes)?),
    ] {
        if packed.len() + bytes.len() / WORTH_IT < bytes.len() {
            fs::write(out.join(format!("{name}.{ending}")), packed)?;
            let place = format!("concat!(env!(\"OUT_DIR\"), \"/{name}.{ending}\")");
            let _ = write!(encodings, "(Coding::{coding}, include_bytes!({place})), ");
        }
    }
    let place = format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/static/{name}\")");
    let mime = mime(name)?;
    let _ = writeln!(
        table,
        "    ({name:?}, Asset {{ bytes: include_bytes!({place}), mime: {mime:?}, version: {version:?}, \
         encodings: &[{encodings}] }}),"
    );
    Ok(())
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

fn mime(name: &str) -> io::Result<&'static str> {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => Ok("text/css; charset=utf-8"),
        Some("js") => Ok("text/javascript; charset=utf-8"),
        Some("svg") => Ok("image/svg+xml"),
        Some("png") => Ok("image/png"),
        Some("jpg") => Ok("image/jpeg"),
        _ => Err(io::Error::other(format!(
            "static/{name}: a file of an unknown type"
        ))),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is how cargo hands its values to a build script"
)]
fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}

//! A certificate of one's own, kept between runs.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};
use time::{Duration, OffsetDateTime};
use vnet_core::{Clock as _, Error, ErrorKind, SystemClock};

/// Browsers refuse certificates that are good for longer than 825 days.
const LIFE: Duration = Duration::days(397);
/// A new one is made when the kept one has less left.
const RENEW_BEFORE: Duration = Duration::days(30);

/// Where certificate and key are.
pub(super) struct Kept {
    pub(super) cert: PathBuf,
    pub(super) key: PathBuf,
}

/// Uses what is in `folder`, or makes it.
pub(super) fn keep(folder: &Path, names: &[String]) -> Result<Kept, Error> {
    let now = SystemClock.now();
    let kept = Kept {
        cert: folder.join("self-signed.crt"),
        key: folder.join("self-signed.key"),
    };
    let about = folder.join("self-signed.txt");
    let names = all_names(names);
    if is_good(&kept, &about, &names, now) {
        return Ok(kept);
    }
    fs::create_dir_all(folder).map_err(|error| unavailable(folder, error))?;
    let (cert, key) = make(&names, now)?;
    // The note comes last: a run that was cut short is repeated.
    let _gone_or_never_there = fs::remove_file(&about);
    write(&kept.key, &key)?;
    write(&kept.cert, &cert)?;
    write(&about, &note(&names, now + LIFE))?;
    tracing::info!(file = %kept.cert.display(), "made a certificate");
    Ok(kept)
}

/// Those always there, and the given ones, each once.
fn all_names(names: &[String]) -> Vec<String> {
    let mut all: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    for name in names.iter().map(|name| name.trim().to_ascii_lowercase()) {
        if !name.is_empty() && !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// What is written beside a certificate: when it ends, and its names.
fn note(names: &[String], ends: OffsetDateTime) -> String {
    format!("{}\n{}\n", ends.unix_timestamp(), names.join("\n"))
}

fn is_good(kept: &Kept, about: &Path, names: &[String], now: OffsetDateTime) -> bool {
    let Ok(text) = fs::read_to_string(about) else {
        return false;
    };
    let ends = text.lines().next().and_then(|line| line.parse().ok());
    let Some(Ok(ends)) = ends.map(OffsetDateTime::from_unix_timestamp) else {
        return false;
    };
    ends - now > RENEW_BEFORE
        && text == note(names, ends)
        && super::Tls::from_files(&kept.cert, &kept.key).is_ok()
}

fn make(names: &[String], now: OffsetDateTime) -> Result<(String, String), Error> {
    let fail = |error: rcgen::Error| {
        Error::new(
            ErrorKind::InvalidInput,
            "bad_certificate",
            format!(
                "cannot make a certificate for {}: {error}",
                names.join(", ")
            ),
        )
    };
    let mut params = CertificateParams::new(names.to_vec()).map_err(fail)?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "VNET (self-signed)");
    params.distinguished_name = name;
    // Clocks of other machines in the house may be slow.
    params.not_before = now - Duration::days(1);
    params.not_after = now + LIFE;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().map_err(fail)?;
    let cert = params.self_signed(&key).map_err(fail)?;
    Ok((cert.pem(), key.serialize_pem()))
}

fn write(file: &Path, text: &str) -> Result<(), Error> {
    // Beside its place and then moved, so that nobody reads half of it.
    let beside = file.with_extension("new");
    let _left_from_a_run_cut_short = fs::remove_file(&beside);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(&beside)
        .and_then(|mut open| {
            open.write_all(text.as_bytes())
                .and_then(|()| open.sync_all())
        })
        .and_then(|()| fs::rename(&beside, file));
    written.map_err(|error| unavailable(file, error))
}

fn unavailable(path: &Path, error: std::io::Error) -> Error {
    let message = format!("cannot keep a certificate at {}", path.display());
    Error::new(ErrorKind::Unavailable, "no_certificate_folder", message).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cert(folder: &Path, names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let kept = keep(folder, &names).unwrap();
        fs::read_to_string(kept.cert).unwrap()
    }

    #[test]
    fn it_is_kept_until_the_names_change_or_it_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let first = cert(folder.path(), &["meet.local", "192.168.1.5"]);
        assert_eq!(cert(folder.path(), &["MEET.local", "192.168.1.5"]), first);
        let other = cert(folder.path(), &["other.local"]);
        assert_ne!(other, first);
        fs::write(folder.path().join("self-signed.key"), "damaged").unwrap();
        assert_ne!(cert(folder.path(), &["other.local"]), other);
    }

    #[test]
    fn it_is_made_anew_before_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let first = cert(folder.path(), &[]);
        let soon = SystemClock.now() + Duration::days(29);
        let about = folder.path().join("self-signed.txt");
        fs::write(about, note(&all_names(&[]), soon)).unwrap();
        assert_ne!(cert(folder.path(), &[]), first);
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        cert(folder.path(), &[]);
        let key = fs::metadata(folder.path().join("self-signed.key")).unwrap();
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = keep(folder.path(), &["ä b".to_owned()]).err().unwrap();
        assert_eq!(error.code(), "bad_certificate");
    }
}

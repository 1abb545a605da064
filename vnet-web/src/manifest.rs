//! What the build tool says about its files.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use vnet_core::web::{Asset, FirstLoad};
use vnet_core::{Error, ErrorKind, Result};

/// The name of the file that says it.
pub(crate) const NAME: &str = "manifest.json";

/// The manifest of a build.
///
/// # Source
/// Vite, "Backend Integration": `build.manifest`.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    first_load: FirstLoad,
    /// The files that have a digest of their content in their name.
    hashed: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    file: String,
    #[serde(default)]
    is_entry: bool,
    #[serde(default)]
    css: Vec<String>,
    #[serde(default)]
    assets: Vec<String>,
    #[serde(default)]
    imports: Vec<String>,
}

type Chunks = BTreeMap<String, Chunk>;

impl Manifest {
    /// Reads the manifest.
    ///
    /// # Errors
    /// `Unavailable`: it is none, or it has no entry.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self> {
        let chunks: Chunks =
            serde_json::from_slice(bytes).map_err(|error| unusable().with_source(error))?;
        let mut entries = chunks
            .iter()
            .filter(|(_, chunk)| chunk.is_entry && chunk.file.ends_with(".js"));
        let (name, entry) = entries.next().ok_or_else(unusable)?;
        let mut first_load = FirstLoad {
            script: entry.file.clone(),
            ..FirstLoad::default()
        };
        visit(&chunks, name, &mut BTreeSet::new(), &mut first_load);
        let files = chunks.values().flat_map(|chunk| {
            let more = chunk.css.iter().chain(&chunk.assets);
            std::iter::once(&chunk.file).chain(more)
        });
        let files: BTreeSet<_> = files.collect();
        first_load.needs_wasm = files.iter().any(|name| name.ends_with(".wasm"));
        let hashed = files.into_iter().filter(|name| is_hashed(name));
        Ok(Self {
            first_load,
            hashed: hashed.cloned().collect(),
        })
    }

    pub(crate) fn first_load(&self) -> FirstLoad {
        self.first_load.clone()
    }

    /// Says of `asset` whether it may be kept for good.
    pub(crate) fn mark(&self, name: &str, mut asset: Asset) -> Asset {
        asset.is_immutable = self.hashed.contains(name);
        asset
    }
}

fn unusable() -> Error {
    let message = "the front end has no manifest with an entry: build it with `npm run build`";
    Error::new(ErrorKind::Unavailable, "no_front_end", message)
}

/// Adds what the chunk `name` needs before it runs, its imports first; styles come in the order in which
/// modules run.
fn visit<'a>(
    chunks: &'a Chunks,
    name: &'a str,
    seen: &mut BTreeSet<&'a str>,
    load: &mut FirstLoad,
) {
    let Some(chunk) = chunks.get(name) else {
        return;
    };
    if !seen.insert(name) {
        return;
    }
    for import in &chunk.imports {
        visit(chunks, import, seen, load);
    }
    if chunk.file != load.script {
        load.preloads.push(chunk.file.clone());
    }
    for style in &chunk.css {
        if !load.styles.contains(style) {
            load.styles.push(style.clone());
        }
    }
}

/// Whether the name ends, before its ending, in `-` and the eight or more characters of a digest.
fn is_hashed(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.split('.').next().unwrap_or(file);
    // A digest may have dashes of its own.
    stem.char_indices().any(|(at, char)| {
        let digest = &stem[at + char.len_utf8()..];
        char == '-'
            && digest.len() >= 8
            && digest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT: &str = r#"{
        "_shared-CCCCCCCC.js": {"file": "shared-CCCCCCCC.js", "css": ["shared-DDDDDDDD.css"], "imports": ["_base-EEEEEEEE.js"]},
        "_base-EEEEEEEE.js": {"file": "base-EEEEEEEE.js", "imports": ["_shared-CCCCCCCC.js"]},
        "app/page.tsx": {"file": "page-FFFFFFFF.js", "isDynamicEntry": true, "imports": ["_shared-CCCCCCCC.js"], "css": ["page-GGGGGGGG.css"]},
        "app/main.tsx": {"file": "main-AAAA-AA_.js", "isEntry": true, "imports": ["_shared-CCCCCCCC.js"],
            "dynamicImports": ["app/page.tsx"], "css": ["main-BBBBBBBB.css"], "assets": ["blur-HHHHHHHH.wasm", "plain.svg"]}
    }"#;

    #[test]
    fn the_first_load_is_the_entry_and_all_that_it_imports() {
        let load = Manifest::read(BUILT.as_bytes()).unwrap().first_load();
        assert_eq!(load.script, "main-AAAA-AA_.js");
        assert_eq!(load.styles, ["shared-DDDDDDDD.css", "main-BBBBBBBB.css"]);
        assert_eq!(load.preloads, ["base-EEEEEEEE.js", "shared-CCCCCCCC.js"]);
        assert!(load.needs_wasm);
    }

    #[test]
    fn what_has_its_digest_in_its_name_stays_as_it_is() {
        let manifest = Manifest::read(BUILT.as_bytes()).unwrap();
        for hashed in [
            "main-AAAA-AA_.js",
            "page-GGGGGGGG.css",
            "blur-HHHHHHHH.wasm",
        ] {
            assert!(manifest.hashed.contains(hashed), "{hashed}");
        }
        for other in ["plain.svg", "manifest.json", "my-calendar.js"] {
            assert!(!manifest.hashed.contains(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_manifest_is_told() {
        for bad in [
            "",
            "[]",
            "{}",
            r#"{"a": {"file": "a.js"}}"#,
            r#"{"a": {"file": "a.css", "isEntry": true}}"#,
        ] {
            let error = Manifest::read(bad.as_bytes()).unwrap_err();
            assert_eq!(error.code(), "no_front_end", "{bad}");
        }
    }
}

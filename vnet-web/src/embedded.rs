//! The front end that is part of the program.

use vnet_core::web::{Asset, FirstLoad, FrontEnd, Packed};
use vnet_core::{Result, async_trait};

use crate::manifest::{self, Manifest};

static FILES: &[Packed] = include!(concat!(env!("OUT_DIR"), "/dist.rs"));

/// The front end of VNET, packed when this crate was built.
#[derive(Clone, Debug)]
pub struct Embedded {
    manifest: Manifest,
}

impl Embedded {
    /// Reads what the build tool wrote about the files.
    ///
    /// # Errors
    /// `Unavailable`: `dist/` held no front end when the crate was built.
    pub fn new() -> Result<Self> {
        let bytes = Packed::find(FILES, manifest::NAME).map_or(&[][..], |file| file.bytes);
        Ok(Self {
            manifest: Manifest::read(bytes)?,
        })
    }
}

#[async_trait]
impl FrontEnd for Embedded {
    async fn first_load(&self) -> Result<FirstLoad> {
        Ok(self.manifest.first_load())
    }

    async fn asset(&self, name: &str) -> Result<Option<Asset>> {
        let file = Packed::find(FILES, name);
        Ok(file.map(|file| self.manifest.mark(name, file.asset())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use vnet_core::web::{Coding, mime_of};

    #[test]
    fn every_file_is_packed_right_and_of_a_known_type() {
        for file in FILES {
            assert!(mime_of(file.name).is_some(), "{}", file.name);
            for (coding, packed) in file.encodings {
                let mut bytes = Vec::new();
                match coding {
                    Coding::Brotli => brotli::BrotliDecompress(&mut &**packed, &mut bytes).unwrap(),
                    Coding::Gzip => {
                        let mut reader = flate2::read::GzDecoder::new(*packed);
                        reader.read_to_end(&mut bytes).unwrap();
                    }
                }
                assert!(bytes == file.bytes, "{}: {coding:?}", file.name);
                assert!(packed.len() < file.bytes.len(), "{}", file.name);
            }
        }
        assert!(FILES.is_sorted_by(|a, b| a.name < b.name));
    }

    #[tokio::test]
    async fn all_of_the_first_load_is_there_for_good() {
        let web = Embedded::new().unwrap();
        let load = web.first_load().await.unwrap();
        let names = [&load.script].into_iter().chain(&load.styles);
        for name in names.chain(&load.preloads) {
            let asset = web.asset(name).await.unwrap();
            assert!(asset.is_some_and(|asset| asset.is_immutable), "{name}");
        }
        assert!(web.asset("missing.js").await.unwrap().is_none());
        let manifest = web.asset(manifest::NAME).await.unwrap().unwrap();
        assert!(!manifest.is_immutable);
    }
}

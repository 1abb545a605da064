//! Argon2 in memory that one thread uses again and again.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::password_hash::{self, try_generate_salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroize as _;

use super::PasswordHash;
use crate::error::{Error, Result};

/// The parameters of new hashes, and the memory that hashing fills.
///
/// To ask the system for 19 MiB and give them back costs a third of a hash.
pub(super) struct Furnace {
    params: Params,
    memory: Vec<Block>,
    is_dirty: bool,
}

impl Furnace {
    pub(super) fn new(params: Params) -> Self {
        Self {
            params,
            memory: Vec::new(),
            is_dirty: false,
        }
    }

    /// Hashes with a random salt.
    pub(super) fn hash(&mut self, password: &[u8]) -> Result<PasswordHash> {
        self.new_phc(password)
            .map(|phc| PasswordHash(phc.to_string()))
            .map_err(|source| Error::internal("cannot hash the password", source))
    }

    /// Whether the password is the one that was hashed.
    pub(super) fn verify(&mut self, password: &[u8], hash: &PasswordHash) -> Result<bool> {
        let phc = Phc::new(hash.as_phc())
            .map_err(|source| Error::internal("a stored password hash is damaged", source))?;
        Ok(self.matches(password, &phc).unwrap_or(false))
    }

    fn new_phc(&mut self, password: &[u8]) -> password_hash::Result<Phc> {
        let salt = try_generate_salt().map_err(|_no_randomness| password_hash::Error::Crypto)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        self.fill(&argon2, password, &salt, &mut output)?;
        Ok(Phc {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params)?,
            salt: Some(Salt::new(&salt)?),
            hash: Some(Output::new(&output)?),
        })
    }

    /// Hashes as the text says: it may come from other parameters than today's.
    fn matches(&mut self, password: &[u8], phc: &Phc) -> password_hash::Result<bool> {
        let (Some(salt), Some(expected)) = (&phc.salt, &phc.hash) else {
            return Ok(false);
        };
        let algorithm = Algorithm::try_from(phc.algorithm.as_str())?;
        let version = phc.version.map(Version::try_from).transpose()?;
        let params = Params::try_from(phc)?;
        let argon2 = Argon2::new(algorithm, version.unwrap_or_default(), params);
        let mut buffer = [0; Output::MAX_LENGTH];
        let output = buffer
            .get_mut(..expected.len())
            .ok_or(password_hash::Error::OutputSize)?;
        self.fill(&argon2, password, salt, output)?;
        // In constant time.
        Ok(Output::new(output)? == *expected)
    }

    fn fill(
        &mut self,
        argon2: &Argon2<'_>,
        password: &[u8],
        salt: &[u8],
        output: &mut [u8],
    ) -> argon2::Result<()> {
        let usual = self.params.block_count();
        if argon2.params().block_count() > usual {
            return argon2.hash_password_into(password, salt, output);
        }
        if self.memory.is_empty() {
            self.memory
                .try_reserve_exact(usual)
                .map_err(|_no_memory| argon2::Error::OutOfMemory)?;
            self.memory.resize(usual, Block::new());
        }
        self.is_dirty = true;
        argon2.hash_password_into_with_memory(password, salt, output, &mut self.memory)
    }

    /// Whether traces of a password are in the memory.
    pub(super) fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    /// Leaves no trace of a password in the memory. Between two hashes in a row there is no need to:
    /// each one writes over everything.
    pub(super) fn wipe(&mut self) {
        self.memory.iter_mut().zeroize();
        self.is_dirty = false;
    }
}

impl Drop for Furnace {
    fn drop(&mut self) {
        if self.is_dirty {
            self.wipe();
        }
    }
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher as _, PasswordVerifier as _};

    use super::*;

    const SALT: &[u8] = b"a salt of 16 by.";

    fn weak() -> Params {
        Params::new(16, 1, 1, None).unwrap()
    }

    fn made_elsewhere(algorithm: Algorithm, params: Params) -> PasswordHash {
        let argon2 = Argon2::new(algorithm, Version::V0x13, params);
        let phc = argon2.hash_password_with_salt(b"s3cret!", SALT).unwrap();
        PasswordHash(phc.to_string())
    }

    #[test]
    fn a_hash_is_what_the_library_itself_makes_and_checks() {
        let mut furnace = Furnace::new(weak());
        for password in ["s3cret!", "", "another one, in memory used before"] {
            let hash = furnace.hash(password.as_bytes()).unwrap();
            let phc = Phc::new(hash.as_phc()).unwrap();
            let argon2 = Argon2::default();
            argon2.verify_password(password.as_bytes(), &phc).unwrap();
            let again = Argon2::new(Algorithm::Argon2id, Version::V0x13, weak())
                .hash_password_with_salt(password.as_bytes(), &phc.salt.unwrap())
                .unwrap();
            assert_eq!(again.to_string(), hash.as_phc());
        }
    }

    #[test]
    fn hashes_of_other_parameters_are_checked() {
        let mut furnace = Furnace::new(weak());
        let two_lanes = Params::new(16, 2, 2, None).unwrap();
        let larger = Params::new(64, 3, 1, None).unwrap();
        let shorter = Params::new(8, 1, 1, Some(16)).unwrap();
        for hash in [
            made_elsewhere(Algorithm::Argon2id, weak()),
            made_elsewhere(Algorithm::Argon2id, two_lanes),
            made_elsewhere(Algorithm::Argon2id, larger),
            made_elsewhere(Algorithm::Argon2id, shorter),
            made_elsewhere(Algorithm::Argon2i, weak()),
        ] {
            assert!(furnace.verify(b"s3cret!", &hash).unwrap(), "{hash:?}");
            assert!(!furnace.verify(b"S3cret!", &hash).unwrap(), "{hash:?}");
        }
    }

    #[test]
    fn a_hash_of_the_first_release_is_checked() {
        let text = concat!(
            "$argon2id$v=19$m=19456,t=2,p=1$Y33UIpVaGjJhwJQK6Kj6Eg$",
            "GqkFmSZBDjZkWUJ1cLVIB3ECdjKj+R+frNOygIO1l1Q"
        );
        let params = Params::new(19 * 1024, 2, 1, None).unwrap();
        let hash = PasswordHash::from_phc(text).unwrap();
        let mut furnace = Furnace::new(params);
        assert!(
            furnace
                .verify(b"correct horse battery staple", &hash)
                .unwrap()
        );
        assert!(!furnace.verify(b"correct horse battery", &hash).unwrap());
    }

    #[test]
    fn what_cannot_be_computed_is_never_right() {
        let mut furnace = Furnace::new(weak());
        for text in [
            "$scrypt$ln=10,r=8,p=1$YSBzYWx0IG9mIDE2IGJ5Lg$c29tZXRoaW5nIG9yIG90aGVy",
            "$argon2id$v=19$m=16,t=1,p=1",
            "$argon2id$v=19$m=4294967295,t=1,p=1$YSBzYWx0IG9mIDE2IGJ5Lg$c29tZXRoaW5nIG9yIG90aGVy",
        ] {
            let hash = PasswordHash::from_phc(text).unwrap();
            assert!(!furnace.verify(b"s3cret!", &hash).unwrap(), "{text}");
        }
    }

    #[test]
    fn wiped_memory_is_zero_and_can_be_used_again() {
        let mut furnace = Furnace::new(weak());
        let hash = furnace.hash(b"s3cret!").unwrap();
        let is_zero = |block: &Block| block.as_ref().iter().all(|&word| word == 0);
        assert!(furnace.is_dirty());
        assert!(!furnace.memory.iter().all(is_zero));
        furnace.wipe();
        assert!(!furnace.is_dirty());
        assert_eq!(furnace.memory.len(), 16);
        assert!(furnace.memory.iter().all(is_zero));
        assert!(furnace.verify(b"s3cret!", &hash).unwrap());
    }
}

//! Names that nobody can guess.

use pulltoken_core::{Error, ErrorCode, Result};

/// `N` random bytes in lower-case hex.
///
/// # Errors
/// `internal` where the system has none to give.
pub(crate) fn hex<const N: usize>() -> Result<String> {
    let mut random = [0u8; N];
    getrandom::fill(&mut random)
        .map_err(|error| Error::new(ErrorCode::Internal, format!("the system gives no random numbers: {error}")))?;
    Ok(random.iter().fold(String::new(), |name, byte| name + &format!("{byte:02x}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_another() {
        let (one, other) = (hex::<16>().unwrap(), hex::<16>().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 32);
    }
}

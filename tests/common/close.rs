//! Numbers found against numbers wanted.

/// Smaller numbers are held to the absolute accuracy of this one: zero is known to within rounding only.
const LEAST: f64 = 1e-6;

/// Equal to a share `tolerance` of the number wanted.
#[track_caller]
pub(crate) fn close(found: f64, wanted: f64, tolerance: f64, what: &str) {
    near(found, wanted, tolerance * wanted.abs().max(LEAST), what);
}

/// The same for a list, number by number.
#[track_caller]
pub(crate) fn close_all(found: &[f64], wanted: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}: {found:?} for {wanted:?}");
    for (found, wanted) in found.iter().zip(wanted) {
        close(*found, *wanted, tolerance, what);
    }
}

/// The same for pairs of numbers found and wanted; to a share of the largest one wanted where 0 is.
#[track_caller]
pub(crate) fn close_row(pairs: &[(f64, f64)], tolerance: f64, what: &str) {
    let largest = pairs.iter().fold(0.0, |most: f64, (_, wanted)| most.max(wanted.abs()));
    for (found, wanted) in pairs {
        let size = if *wanted == 0.0 { largest } else { wanted.abs() };
        near(*found, *wanted, tolerance * size, what);
    }
}

/// `close` where the line that calls it says what is compared.
#[track_caller]
pub(crate) fn close_to(found: f64, wanted: f64, tolerance: f64) {
    close(found, wanted, tolerance, "here");
}

/// `close_all` where the line that calls it says what is compared.
#[track_caller]
pub(crate) fn close_to_all(found: &[f64], wanted: &[f64], tolerance: f64) {
    close_all(found, wanted, tolerance, "here");
}

/// Equal up to `error`, in the numbers' own unit.
#[track_caller]
pub(crate) fn near(found: f64, wanted: f64, error: f64, what: &str) {
    let gap = (found - wanted).abs();
    assert!(gap <= error, "{what}: {found:e} for {wanted:e}, off by {gap:e}");
}

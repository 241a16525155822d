//! Numbers and tables for people.

use comfy_table::{CellAlignment, LineStyle, Table, presets};

/// Six significant digits, without trailing zeros.
pub(crate) fn number(value: f64) -> String {
    digits(value, 6)
}

/// So many significant digits, without trailing zeros.
pub(crate) fn digits(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return "-".to_owned();
    }
    // The exponent after rounding: 999999.6 has seven digits before the point.
    let scientific = format!("{value:.*e}", digits - 1);
    let exponent: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    if !(-4..7).contains(&exponent) {
        return scientific;
    }
    let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
    let fixed = format!("{value:.decimals$}");
    if fixed.contains('.') { fixed.trim_end_matches('0').trim_end_matches('.').to_owned() } else { fixed }
}

/// The same with a sign.
pub(crate) fn signed(value: f64) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", number(value))
}

/// A small number whose order of magnitude is all that matters.
pub(crate) fn brief(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { format!("{value:.0e}") }
}

/// A share in percent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// A table whose columns after the first hold numbers.
pub(crate) fn table(header: Vec<String>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING.header_separator(LineStyle::none().fill('─').junction('─')));
    table.set_header(header);
    table
}

/// The table as text; numbers stand to the right.
pub(crate) fn text(mut table: Table, numeric: bool) -> String {
    for column in table.column_iter_mut().skip(1) {
        if numeric {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::{number, percent, signed};

    #[test]
    fn six_significant_digits() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (0.473_684_210_5, "0.473684"),
            (-27.123_456_7, "-27.1235"),
            (999_999.6, "1000000"),
            (12_345_678.0, "1.23457e7"),
            (0.000_012_345_67, "1.23457e-5"),
            (1e300, "1.00000e300"),
            (f64::NAN, "-"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!(signed(2.5), "+2.5");
        assert_eq!(signed(-2.5), "-2.5");
        assert_eq!(percent(0.5), "50.0 %");
    }
}

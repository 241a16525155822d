//! Short lists of numbers, on the stack for games of ordinary size.

use smallvec::SmallVec;

/// Numbers of one stage; on the stack for games of ordinary size.
pub(crate) type Row<T> = SmallVec<[T; 8]>;

/// A whole profile: parameters, then decisions; on the stack for ordinary models.
pub(crate) type Profile = SmallVec<[f64; 24]>;

/// Lends `work` a row of `count` numbers: on the stack for games of ordinary size, on the heap for larger ones.
#[inline]
pub(crate) fn on_stack<T: Copy, R>(count: usize, fill: T, work: impl FnOnce(&mut [T]) -> R) -> R {
    let (mut four, mut eight, mut sixteen, mut more, mut heap);
    // A few sizes, since to fill a row of deep duals costs as much as some of the work done on it. A profile holds a model's
    // parameters before its decisions: some nine to thirty numbers.
    let row: &mut [T] = if count <= 4 {
        four = [fill; 4];
        &mut four[..count]
    } else if count <= 8 {
        eight = [fill; 8];
        &mut eight[..count]
    } else if count <= 16 {
        sixteen = [fill; 16];
        &mut sixteen[..count]
    } else if count <= 40 {
        more = [fill; 40];
        &mut more[..count]
    } else {
        heap = vec![fill; count];
        &mut heap
    };
    work(row)
}

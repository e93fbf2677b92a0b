#pragma once

namespace stsr {

/// Binds the calling thread, the `number`th of `threads`, to the place that OpenMP would give it:
/// where OMP_PROC_BIND is set to anything but false. Elsewhere nothing is bound, so that several
/// runs on one machine share its cores as the system sees fit.
///
/// For n threads on p places, thread i goes to place i p / n for "spread" or more threads than
/// places, to place i for "close" and "true", and to place 0, that of the first thread, for
/// "master". (OpenMP binds the first thread itself, and threads that it does not know would
/// inherit that: all of them on one core.)
void bind_thread(int number, int threads);

}  // namespace stsr

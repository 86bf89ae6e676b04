//! The instruction set extensions of this machine's processor.
//!
//! A wheel has the prover for several levels of processors, and this module tells which of them may be loaded. So it is
//! a module of its own, built for every processor. The answer is that of the processor itself (CPUID), and an extension
//! counts only if the operating system saves its registers.

use pyo3::prelude::*;

/// The names of those extensions that this machine has.
macro_rules! detected {
    ($detect:ident: $($name:tt)*) => {
        [$(($name, std::arch::$detect!($name))),*]
    };
}

/// The extensions that matter for a build of the prover, with the names of Rust's target features.
#[pyfunction]
fn features() -> Vec<&'static str> {
    #[cfg(target_arch = "x86_64")]
    let known = detected!(is_x86_feature_detected:
        "cmpxchg16b" "popcnt" "sse3" "sse4.1" "sse4.2" "ssse3"
        "avx" "avx2" "bmi1" "bmi2" "f16c" "fma" "lzcnt" "movbe"
        "avx512bw" "avx512cd" "avx512dq" "avx512f" "avx512vl");
    #[cfg(target_arch = "aarch64")]
    let known = detected!(is_aarch64_feature_detected: "neon");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let known: [(&str, bool); 0] = [];
    known.into_iter().filter_map(|(name, has)| has.then_some(name)).collect()
}

/// The module `solproof._native.processor`.
#[pymodule]
pub fn processor(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(features, module)?)
}

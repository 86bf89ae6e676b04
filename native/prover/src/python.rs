//! The Python side: arrays and dictionaries in, arrays and dictionaries out, exceptions instead of failures.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use numpy::{PyReadonlyArray2, PyUntypedArrayMethods};
use p3_field::PrimeField32;
use p3_field::integers::QuotientMap;
use p3_matrix::dense::RowMajorMatrix;
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyOSError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};
use rayon::prelude::*;

use crate::air::Plan;
use crate::batch::{Instance as Shape, MAXIMUM_LOG_HEIGHT, Public};
use crate::circuit::Circuit;
use crate::config::{Parameters, Val};
use crate::failure::{Cancellation, Failure, Outcome, guarded, refuse};
use crate::progress::Listener;
use crate::prove::Witness;
use crate::report::Report;
use crate::security::Security;
use crate::threads::{compute, compute_and_hear};

create_exception!(
    prover,
    EngineError,
    PyException,
    "The circuit, a table or a parameter is not what it has to be."
);
create_exception!(prover, EngineRejected, PyException, "The proof does not prove the statement.");
create_exception!(prover, EngineVersionError, PyException, "The proof was made by another format version.");

/// A circuit with its preprocessed tables, ready to prove and verify. It is immutable, so threads can share it.
#[pyclass(frozen, module = "solproof._native.prover")]
pub struct Key(Arc<crate::key::Key>);

#[pymethods]
impl Key {
    /// 32 bytes that bind the circuit and every preprocessed cell, independent of the parameters.
    #[getter]
    fn digest<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.digest)
    }
}

type Table<'py> = PyReadonlyArray2<'py, u32>;

/// The rows of an array, checked to be canonical field elements.
fn matrix(place: &str, array: &Table<'_>) -> PyResult<RowMajorMatrix<Val>> {
    let width = array.shape()[1];
    let convert = |cells: &[u32]| {
        let order = Val::ORDER_U32;
        compute(|| {
            if let Some(index) = cells.par_iter().position_first(|&cell| cell >= order) {
                return refuse(format!(
                    "{place}, row {}, column {}: {} is not below {order}",
                    index / width,
                    index % width,
                    cells[index]
                ));
            }
            Ok(cells.par_iter().map(|&cell| Val::from_int(cell)).collect())
        })
        .map_err(raised)
    };
    let values = match array.as_slice() {
        Ok(cells) if array.is_c_contiguous() => convert(cells)?,
        // Not row-major: copy in row order.
        _ => convert(&array.as_array().iter().copied().collect::<Vec<_>>())?,
    };
    // A table without columns keeps width 1 so that its rows can be counted.
    Ok(RowMajorMatrix::new(values, width.max(1)))
}

/// The columns of an array, checked to be canonical field elements.
fn public(place: &str, array: &Table<'_>) -> PyResult<Public> {
    let width = array.shape()[1];
    let cells = matrix(place, array)?.values;
    let column = |column| cells.iter().skip(column).step_by(width).copied().collect();
    Ok(Arc::new((0..width).map(column).collect()))
}

fn raised(failure: Failure) -> PyErr {
    match failure {
        Failure::Refused(reason) => EngineError::new_err(reason),
        Failure::Rejected(reason) => EngineRejected::new_err(reason),
        Failure::Version(reason) => EngineVersionError::new_err(reason),
        Failure::System(reason) => PyOSError::new_err(reason),
        Failure::Cancelled => PyRuntimeError::new_err("cancelled"),
    }
}

/// Runs work on the engine's threads, without the interpreter lock. A panic becomes an exception.
fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> Outcome<T> + Send) -> PyResult<T> {
    py.detach(|| compute(|| guarded(failed, work))).map_err(raised)
}

fn failed(message: String) -> Failure {
    Failure::Refused(format!("the engine failed: {message}"))
}

/// Check a circuit and its preprocessed tables: `(chip index, table)` for each chip with preprocessed columns.
#[pyfunction]
fn setup(py: Python<'_>, circuit: &[u8], preprocessed: Vec<(usize, Table<'_>)>) -> PyResult<Key> {
    let tables = preprocessed
        .iter()
        .map(|(chip, array)| Ok((*chip, matrix(&format!("preprocessed table of chip {chip}"), array)?)))
        .collect::<PyResult<Vec<_>>>()?;
    let key = detached(py, || crate::key::Key::new(circuit, tables))?;
    Ok(Key(Arc::new(key)))
}

type Instance<'py> = (usize, Table<'py>, Option<Table<'py>>);

/// Prove a batch of tables: `(chip index, main, public columns or None)`, ordered by chip index.
#[pyfunction]
#[pyo3(signature = (key, instances, transcript, parameters, progress=None))]
fn prove<'py>(
    py: Python<'py>,
    key: &Key,
    instances: Vec<Instance<'py>>,
    transcript: &[u8],
    parameters: &[u8],
    progress: Option<Py<PyAny>>,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyDict>)> {
    let parameters = Parameters::parse(parameters).map_err(raised)?;
    let witnesses = instances
        .iter()
        .enumerate()
        .map(|(position, (chip, main, columns))| {
            let place = format!("table {position}, chip {chip}");
            let public = match columns {
                Some(columns) => public(&format!("{place}, public"), columns)?,
                None => Public::default(),
            };
            Ok(Witness { chip: *chip, main: matrix(&place, main)?, public })
        })
        .collect::<PyResult<Vec<_>>>()?;
    drop(instances);
    let mut exception = None;
    let hear = |begun: Option<Begun>| {
        let result = Python::attach(|py| match (&begun, &progress) {
            (Some(Begun { phase, seconds, .. }), Some(callback)) => {
                callback.call1(py, (*phase, *seconds)).map(drop)
            }
            _ => py.check_signals(),
        });
        exception = result.err();
        if exception.is_none()
            && let Some(Begun { goes_on, .. }) = begun
        {
            // The proof waits for this answer, unless it has failed in the meantime.
            let _ = goes_on.send(());
        }
        exception.is_none()
    };
    let (key, transcript) = (Arc::clone(&key.0), transcript.to_vec());
    let work = move |phases| {
        guarded(failed, || crate::prove::prove(&key, witnesses, &transcript, parameters, listener(phases)))
    };
    let outcome = py.detach(|| compute_and_hear(work, hear));
    if let Some(error) = exception {
        return Err(error);
    }
    let (bytes, report) = outcome.map_err(raised)?;
    Ok((PyBytes::new(py, &bytes), dictionary(py, &report)?))
}

/// Reports that a phase has begun. The proof waits until it may continue.
struct Begun {
    phase: &'static str,
    seconds: f64,
    goes_on: Sender<()>,
}

/// Passes phases to the thread that called `prove`, because Python handles signals only on the main thread.
///
/// Unwinds the proof if that thread no longer waits for it.
fn listener(phases: Sender<Begun>) -> Box<Listener> {
    Box::new(move |phase, seconds| {
        let (goes_on, answer) = channel();
        if phases.send(Begun { phase, seconds, goes_on }).is_err() || answer.recv().is_err() {
            std::panic::resume_unwind(Box::new(Cancellation));
        }
    })
}

/// Verify a proof against `(chip index, public columns)` of each chip that has any.
#[pyfunction]
fn verify<'py>(
    py: Python<'py>,
    key: &Key,
    proof: &[u8],
    public_data: Vec<(usize, Table<'py>)>,
    transcript: &[u8],
    parameters: &[u8],
) -> PyResult<Bound<'py, PyDict>> {
    let parameters = Parameters::parse(parameters).map_err(raised)?;
    let publics = public_data
        .iter()
        .map(|(chip, columns)| Ok((*chip, public(&format!("public columns of chip {chip}"), columns)?)))
        .collect::<PyResult<Vec<_>>>()?;
    drop(public_data);
    let report = detached(py, || crate::verify::verify(&key.0, proof, publics, transcript, parameters))?;
    dictionary(py, &report)
}

/// The default parameters, as canonical JSON.
#[pyfunction]
fn parameters_default(py: Python<'_>) -> Bound<'_, PyBytes> {
    PyBytes::new(py, &Parameters::default().to_json())
}

/// Base-field cells per row that the lookup argument adds to each chip.
#[pyfunction]
fn auxiliary_width(py: Python<'_>, circuit: &[u8]) -> PyResult<Vec<usize>> {
    detached(py, || {
        let circuit = Circuit::parse(circuit)?;
        let plan = |(index, chip)| Plan::new(index, chip, &circuit.channels);
        circuit.chips.iter().enumerate().map(|item| plan(item).map(|plan| plan.auxiliary_width())).collect()
    })
}

/// Base-field cells per row of each chip's quotient.
#[pyfunction]
fn quotient_width(py: Python<'_>, circuit: &[u8]) -> PyResult<Vec<usize>> {
    detached(py, || {
        let circuit = Circuit::parse(circuit)?;
        let plan = |(index, chip)| Plan::new(index, chip, &circuit.channels);
        circuit.chips.iter().enumerate().map(|item| plan(item).map(|plan| plan.quotient_width())).collect()
    })
}

/// The proven security of a batch of `(chip index, log2 of the rows)`, without proving it.
#[pyfunction]
fn security<'py>(
    py: Python<'py>,
    key: &Key,
    instances: Vec<(u32, u32)>,
    parameters: &[u8],
) -> PyResult<Bound<'py, PyDict>> {
    let parameters = Parameters::parse(parameters).map_err(raised)?;
    let instances: Vec<_> =
        instances.into_iter().map(|(chip, log_height)| Shape { chip, log_height }).collect();
    let chips = key.0.circuit.chips.len();
    if let Some(shape) =
        instances.iter().find(|shape| shape.chip() >= chips || shape.log_height as usize > MAXIMUM_LOG_HEIGHT)
    {
        return Err(EngineError::new_err(format!(
            "chip {} with 2^{} rows: the circuit has {chips} chips, a table at most 2^{MAXIMUM_LOG_HEIGHT} rows",
            shape.chip, shape.log_height
        )));
    }
    let security = detached(py, || Ok(crate::security::security(&key.0, &parameters, &instances)))?;
    let result = PyDict::new(py);
    security_items(&result, &security)?;
    Ok(result)
}

fn security_items(result: &Bound<'_, PyDict>, security: &Security) -> PyResult<()> {
    result.set_item("security_bits", security.bits)?;
    result.set_item("security_regime", &security.regime)?;
    result.set_item("binding", &security.binding)
}

fn dictionary<'py>(py: Python<'py>, report: &Report) -> PyResult<Bound<'py, PyDict>> {
    let instances = PyList::empty(py);
    for instance in &report.instances {
        let entry = PyDict::new(py);
        entry.set_item("chip", instance.chip)?;
        entry.set_item("log_height", instance.log_height)?;
        instances.append(entry)?;
    }
    let seconds = PyDict::new(py);
    for (phase, spent) in &report.seconds {
        seconds.set_item(phase, spent)?;
    }
    let result = PyDict::new(py);
    security_items(&result, &report.security)?;
    result.set_item("proof_bytes", report.proof_bytes)?;
    result.set_item("instances", instances)?;
    result.set_item("main_cells", report.main_cells)?;
    result.set_item("auxiliary_cells", report.auxiliary_cells)?;
    result.set_item("preprocessed_cells", report.preprocessed_cells)?;
    result.set_item("quotient_cells", report.quotient_cells)?;
    result.set_item("seconds", seconds)?;
    Ok(result)
}

/// The module `solproof._native.prover`.
#[pymodule]
pub fn prover(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // Every entry point turns panics into exceptions, so the default report on standard error would only confuse.
    std::panic::set_hook(Box::new(|_| {}));
    module.add("EngineError", module.py().get_type::<EngineError>())?;
    module.add("EngineRejected", module.py().get_type::<EngineRejected>())?;
    module.add("EngineVersionError", module.py().get_type::<EngineVersionError>())?;
    module.add("FIELD_ORDER", Val::ORDER_U32)?;
    module.add("PACKING_WIDTH", packing_width())?;
    module.add_class::<Key>()?;
    module.add_function(wrap_pyfunction!(setup, module)?)?;
    module.add_function(wrap_pyfunction!(prove, module)?)?;
    module.add_function(wrap_pyfunction!(verify, module)?)?;
    module.add_function(wrap_pyfunction!(security, module)?)?;
    module.add_function(wrap_pyfunction!(parameters_default, module)?)?;
    module.add_function(wrap_pyfunction!(auxiliary_width, module)?)?;
    module.add_function(wrap_pyfunction!(quotient_width, module)?)
}

/// Field elements per vector instruction of this build: 16 (AVX-512), 8 (AVX2), 4 (NEON) or 1.
fn packing_width() -> usize {
    use p3_field::{Field, PackedValue};
    <Val as Field>::Packing::WIDTH
}

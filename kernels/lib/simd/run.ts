// @ts-nocheck: AssemblyScript, compiled by `deno task kernels`.

// Runs a program: a list of records, each a kernel call, in the shared memory.
//
// A record is words of 32 bits: the kernel's index in the table, the record's
// length in bytes, in how many parts the kernel splits its work, whether there
// is a barrier before it, then the kernel's own arguments.
//
// The threads of a pool synchronize in a control block, six words that lie 64
// bytes apart so that no two share a cache line:
//
//   STATE     whether the pool takes programs: see below
//   JOB       counts the programs that were given to the pool
//   ARRIVED   threads that have come to the barrier
//   PHASE     counts the barriers that were passed
//   SLEEPERS  threads that wait in the kernel of the operating system
//   PROGRAM   pointer and number of records of the job
//
// A thread that waits spins for a while first: within a step the next record
// comes in microseconds, and waking a sleeper takes longer than most kernels.
// The main thread of a page may not sleep at all, and goes on spinning.

const STATE: usize = 0;
const JOB: usize = 64;
const ARRIVED: usize = 128;
const PHASE: usize = 192;
const SLEEPERS: usize = 256;
const PROGRAM: usize = 320;

/** Values of the state. Closed is for ever: a new pool has a new block. */
const STARTING = 0;
const OPEN = 1;
const BUSY = 2;
const CLOSED = 3;

/** The words of a record before the kernel's arguments. */
const HEADER: usize = 16;

/**
 * Looks at a word before going to sleep, about 1 ns each: between two records,
 * where other threads may need the core, and between two jobs, where the host
 * prepares the next one while the workers have nothing else to do.
 */
const SPINS = 50_000;
const SPINS_BETWEEN_JOBS = 200_000;

/** Runs a program alone, all parts of a kernel one after the other. */
export function solo(program: usize, records: i32): void {
  let record = program;
  for (let i = 0; i < records; i++) {
    const parts = load<i32>(record, 8);
    for (let part = 0; part < parts; part++) call(record, part, parts);
    record += load<u32>(record, 4);
  }
}

/**
 * Runs a program as thread 0 of a pool, and returns when all of it is done.
 *
 * @param maySleep 0 if the calling thread may only spin.
 * @returns 0 if the pool is not there and nothing was run, 1 if it is done, 2
 * if a thread of the pool has failed.
 */
export function run(
  control: usize,
  threads: i32,
  program: usize,
  records: i32,
  maySleep: i32,
): i32 {
  if (atomic.cmpxchg<i32>(control + STATE, OPEN, BUSY) != OPEN) return 0;
  store<u32>(control + PROGRAM, <u32> program);
  store<i32>(control + PROGRAM + 4, records);
  atomic.add<i32>(control + JOB, 1);
  wakeSleepers(control, JOB);
  runShare(control, 0, threads, program, records, maySleep != 0);
  return atomic.cmpxchg<i32>(control + STATE, BUSY, OPEN) == BUSY ? 1 : 2;
}

/**
 * The loop of a worker: joins the pool, does its share of every job, and returns
 * when the pool is closed or nothing has come for `idle` milliseconds.
 */
export function workerLoop(
  control: usize,
  thread: i32,
  threads: i32,
  idle: i32,
): void {
  const time: i64 = <i64> idle * 1_000_000;
  let job = 0;
  if (atomic.add<i32>(control + ARRIVED, 1) == threads - 2) {
    atomic.store<i32>(control + ARRIVED, 0);
    atomic.cmpxchg<i32>(control + STATE, STARTING, OPEN);
  }
  while (true) {
    const inTime = waitWhile(
      control,
      JOB,
      job,
      SPINS_BETWEEN_JOBS,
      time,
      true,
    );
    if (atomic.load<i32>(control + STATE) == CLOSED) return;
    if (!inTime) {
      // Nobody has work: let the process end. If a job came in between, or the
      // pool is not complete yet, go on.
      const state = atomic.cmpxchg<i32>(control + STATE, OPEN, CLOSED);
      if (state == OPEN) {
        close(control);
        return;
      }
      continue;
    }
    job++;
    const program = load<u32>(control + PROGRAM);
    const records = load<i32>(control + PROGRAM + 4);
    runShare(control, thread, threads, program, records, true);
  }
}

/** Closes the pool and wakes all threads, so that the workers return. */
export function close(control: usize): void {
  atomic.store<i32>(control + STATE, CLOSED);
  // Who has looked at the state but does not sleep yet must find a new value.
  atomic.add<i32>(control + JOB, 1);
  atomic.add<i32>(control + PHASE, 1);
  atomic.notify(control + JOB, -1);
  atomic.notify(control + PHASE, -1);
}

function runShare(
  control: usize,
  thread: i32,
  threads: i32,
  program: usize,
  records: i32,
  maySleep: bool,
): void {
  let record = program;
  for (let i = 0; i < records; i++) {
    const waits = load<i32>(record, 12) != 0;
    if (waits && !barrier(control, threads, maySleep)) return;
    const parts = load<i32>(record, 8);
    for (let part = thread; part < parts; part += threads) {
      call(record, part, parts);
    }
    record += load<u32>(record, 4);
  }
  barrier(control, threads, maySleep);
}

function call(record: usize, part: i32, parts: i32): void {
  call_indirect<void>(load<u32>(record), record + HEADER, part, parts);
}

/** Waits until all threads have come; false if the pool is closed meanwhile. */
function barrier(control: usize, threads: i32, maySleep: bool): bool {
  const phase = atomic.load<i32>(control + PHASE);
  if (atomic.add<i32>(control + ARRIVED, 1) == threads - 1) {
    atomic.store<i32>(control + ARRIVED, 0);
    atomic.add<i32>(control + PHASE, 1);
    wakeSleepers(control, PHASE);
    return true;
  }
  waitWhile(control, PHASE, phase, SPINS, -1, maySleep);
  return atomic.load<i32>(control + STATE) != CLOSED;
}

/**
 * Returns when the word is another or the pool is closed: true; or when the time
 * (nanoseconds, −1 for ever) is over: false. Who may not sleep waits for ever.
 */
function waitWhile(
  control: usize,
  word: usize,
  value: i32,
  spins: i32,
  time: i64,
  maySleep: bool,
): bool {
  for (let spin = 0; spin < spins; spin++) {
    if (atomic.load<i32>(control + word) != value) return true;
  }
  if (!maySleep) {
    // Workers may need the core, but there is nothing else that this may do.
    while (
      atomic.load<i32>(control + word) == value &&
      atomic.load<i32>(control + STATE) != CLOSED
    );
    return true;
  }
  // Whoever changes the word looks at the sleepers afterwards, and the wait
  // below looks at the word: one of the two sees the other.
  atomic.add<i32>(control + SLEEPERS, 1);
  let inTime = true;
  while (
    inTime && atomic.load<i32>(control + word) == value &&
    atomic.load<i32>(control + STATE) != CLOSED
  ) {
    inTime = atomic.wait<i32>(control + word, value, time) != 2;
  }
  atomic.sub<i32>(control + SLEEPERS, 1);
  return inTime;
}

function wakeSleepers(control: usize, word: usize): void {
  if (atomic.load<i32>(control + SLEEPERS) != 0) {
    atomic.notify(control + word, -1);
  }
}

#pragma once

// Clang's thread-safety attributes; they vanish under other compilers.
// https://clang.llvm.org/docs/ThreadSafetyAnalysis.html

#if defined(__clang__)
#define SC_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define SC_THREAD_ATTRIBUTE(x)
#endif

#define SC_CAPABILITY(name) SC_THREAD_ATTRIBUTE(capability(name))
#define SC_SCOPED_CAPABILITY SC_THREAD_ATTRIBUTE(scoped_lockable)
#define SC_GUARDED_BY(mutex) SC_THREAD_ATTRIBUTE(guarded_by(mutex))
#define SC_REQUIRES(...) SC_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define SC_EXCLUDES(...) SC_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define SC_ACQUIRE(...) SC_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define SC_RELEASE(...) SC_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define SC_TRY_ACQUIRE(...) SC_THREAD_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))

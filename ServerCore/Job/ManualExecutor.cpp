#include "ServerCore/Job/ManualExecutor.h"

namespace servercore {

std::size_t ManualExecutor::RunAll() {
    std::size_t slices = 0;
    while (RunOne()) {
        ++slices;
    }
    return slices;
}

}  // namespace servercore

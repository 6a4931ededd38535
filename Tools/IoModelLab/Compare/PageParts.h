#pragma once

#include <string_view>

namespace iolab {

// The files that the page is put together from; the build embeds them (Tools/CMake/EmbedFiles.cmake).
[[nodiscard]] std::string_view PageStyle() noexcept;
[[nodiscard]] std::string_view PageScript() noexcept;
[[nodiscard]] std::string_view ChartStyle() noexcept;
[[nodiscard]] std::string_view ChartScript() noexcept;
[[nodiscard]] std::string_view ChartLicense() noexcept;

}  // namespace iolab

#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "ServerCore/App/CommandLine.h"
#include "Tools/IoModelLab/Net/Framing.h"

namespace iolab {

struct ServeOptions {
    std::string model;
    std::string listen = "127.0.0.1:7777";
    Framing framing;
    bool console = false;  // takes commands from standard input
};

struct ListOptions {
    bool namesOnly = false;
};

struct ClientOptions {
    std::string connect = "127.0.0.1:7777";
    std::string model = "blocking";
    Framing framing;
    bool hasText = false;  // `text` was given; it may be empty
    std::string text;
    std::string script;  // a file's name
    std::size_t count = 1;
};

struct CompareOptions {
    std::vector<std::string> models;  // empty: all of this system
    std::vector<std::size_t> clients{1, 10, 50, 200, 1000};
    double seconds = 0;  // per cell
    std::string json;    // file names; empty: none
    std::string html;
};

using Options = std::variant<ServeOptions, ListOptions, ClientOptions, CompareOptions, servercore::app::CommandLineEnd>;

// What the command line asks for, or how the program ends because of it.
[[nodiscard]] Options ParseCommandLine(int argc, const char* const* argv);

}  // namespace iolab

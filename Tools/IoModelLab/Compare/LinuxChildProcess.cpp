#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "Tools/IoModelLab/Compare/ChildProcess.h"
#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

namespace {

struct CloseFile {
    void operator()(FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<FILE, CloseFile>;

struct Pipe {
    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) {
            throw SystemFailure("pipe2", errno);
        }
        reader.reset(::fdopen(ends[0], "r"));
        writer.reset(::fdopen(ends[1], "w"));
    }
    File reader;
    File writer;
};

class LinuxChildProcess final : public ChildProcess {
public:
    explicit LinuxChildProcess(const std::vector<std::string>& arguments) {
        Pipe toChild;
        Pipe fromChild;
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, ::fileno(toChild.reader.get()), STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, ::fileno(fromChild.writer.get()), STDOUT_FILENO);
        ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        std::vector<std::string> words{"IoModelLab"};
        words.insert(words.end(), arguments.begin(), arguments.end());
        std::vector<char*> argv;
        for (std::string& word : words) {
            argv.push_back(word.data());
        }
        argv.push_back(nullptr);
        const int error = ::posix_spawn(&id_, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        if (error != 0) {
            throw SystemFailure("posix_spawn", error);
        }
        toChild_ = std::move(toChild.writer);
        fromChild_ = std::move(fromChild.reader);
        // A child that has died is found out by its silence.
        std::signal(SIGPIPE, SIG_IGN);
    }

    ~LinuxChildProcess() override {
        toChild_.reset();
        while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }

    bool WriteLine(const std::string& line) override {
        return std::fputs((line + "\n").c_str(), toChild_.get()) >= 0 && std::fflush(toChild_.get()) == 0;
    }

    std::optional<std::string> ReadLine() override {
        std::string line;
        for (int c = std::fgetc(fromChild_.get()); c != '\n'; c = std::fgetc(fromChild_.get())) {
            if (c == EOF) {
                return std::nullopt;
            }
            line += static_cast<char>(c);
        }
        return line;
    }

private:
    pid_t id_ = 0;
    File toChild_;
    File fromChild_;
};

}  // namespace

std::unique_ptr<ChildProcess> ChildProcess::Start(const std::vector<std::string>& arguments) {
    return std::make_unique<LinuxChildProcess>(arguments);
}

}  // namespace iolab

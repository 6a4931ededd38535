// TerminalProbe facts|flood|read|read-unprepared: what TerminalTest.py looks at from the other side of a terminal.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "ServerCore/Platform/StopSignal.h"
#include "ServerCore/Platform/Terminal.h"

namespace {

using namespace servercore::platform;

void Say(const std::string& text) {
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
}

const char* YesOrNo(bool value) {
    return value ? "yes" : "no";
}

int SayFacts() {
    const std::unique_ptr<Terminal> terminal = Terminal::Open();
    const TerminalSize size = terminal->Size().value_or(TerminalSize{});
    Say(std::string("show ") + YesOrNo(terminal->CanShow()));
    Say(std::string("colour ") + YesOrNo(terminal->CanColour()));
    Say(std::string("utf8 ") + YesOrNo(terminal->ShowsUtf8()));
    Say(std::string("keys ") + YesOrNo(terminal->CanReadKeys()));
    Say("size " + std::to_string(size.columns) + "x" + std::to_string(size.rows));
    if (!terminal->CanShow()) {  // then this does nothing
        terminal->ShowFrame("a frame");
        terminal->LeaveScreen();
    }
    if (!terminal->CanReadKeys()) {
        Say(std::string("key ") + YesOrNo(terminal->TryReadKey().has_value()));
    }
    Say("end");
    return 0;
}

// Until the key q or a signal.
int Read(StopSignal* stop) {
    const std::unique_ptr<Terminal> terminal = Terminal::Open();
    terminal->ShowFrame("first line\nsecond line");
    std::mutex mutex;
    std::condition_variable never;
    bool isReady = false;
    for (;;) {
        while (const auto key = terminal->TryReadKey()) {
            Say(key->kind == TerminalKey::Kind::Up     ? "key up"
                : key->kind == TerminalKey::Kind::Down ? "key down"
                                                       : std::string("key ") + key->character);
            if (key->character == 'q') {
                return 0;
            }
        }
        if (!isReady) {
            Say("ready");
            isReady = true;
        }
        constexpr std::chrono::milliseconds kPause(10);
        if (stop != nullptr && stop->WaitFor(kPause)) {
            return 0;
        }
        if (stop == nullptr) {
            std::unique_lock lock(mutex);
            never.wait_for(lock, kPause);
        }
    }
}

// More than any terminal keeps for somebody who does not read.
int Flood() {
    const std::unique_ptr<Terminal> terminal = Terminal::Open();
    const std::string frame(4000, 'x');
    for (int i = 0; i < 1000; ++i) {
        terminal->ShowFrame(frame);
    }
    return terminal->CanShow() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc == 2 ? argv[1] : "";
    if (what == "facts") {
        return SayFacts();
    }
    if (what == "flood") {
        return Flood();
    }
    if (what == "read-unprepared") {
        return Read(nullptr);
    }
    if (what == "read") {
        const auto stop = StopSignal::Create();
        return stop ? Read(stop->get()) : 1;
    }
    return 2;
}

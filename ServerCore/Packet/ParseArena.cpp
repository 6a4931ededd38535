#include "ServerCore/Packet/ParseArena.h"

namespace servercore {

ParseArena::ParseArena(std::size_t bytes) {
    google::protobuf::ArenaOptions options;
    if (bytes <= small_.size()) {
        options.initial_block = reinterpret_cast<char*>(small_.data());
        options.initial_block_size = small_.size();
    } else {
        large_ = std::make_unique_for_overwrite<std::byte[]>(bytes);
        options.initial_block = reinterpret_cast<char*>(large_.get());
        options.initial_block_size = bytes;
    }
    arena_.emplace(options);
}

}  // namespace servercore

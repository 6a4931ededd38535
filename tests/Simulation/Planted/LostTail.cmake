# A packet that a short send has cut is taken for sent.
set(sources ServerCore/Net/SendQueue.cpp)
set(source_1 ServerCore/Net/SendQueue.cpp)
set(original_1 [[
    frontOffset_ = left;
]])
set(planted_1 [[
    if (left > 0) {
        bytes_ -= packets_.front()->Size() - left;
        packets_.pop_front();
        ++completed;
    }
    frontOffset_ = 0;
]])

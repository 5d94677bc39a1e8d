// The kernels of graft_logits.cpp: included once for each instruction set, in its namespace. No include guard, therefore.

// The highest; what is no number is passed over.
static float highest_of(const float * logits, int count) {
    constexpr int kSums = 4;  // independent of one another, so that none waits for the last
    Vector best[kSums];
    for (int s = 0; s < kSums; s++) {
        best[s] = Lanes::all(-std::numeric_limits<float>::infinity());
    }
    int i = 0;
    for (; i + kSums * Lanes::kCount <= count; i += kSums * Lanes::kCount) {
        for (int s = 0; s < kSums; s++) {
            best[s] = Lanes::max(Lanes::load(logits + i + s * Lanes::kCount), best[s]);
        }
    }
    float highest = Lanes::highest(Lanes::max(Lanes::max(best[0], best[1]), Lanes::max(best[2], best[3])));
    for (; i < count; i++) {
        highest = logits[i] > highest ? logits[i] : highest;
    }
    return highest;
}

// Where the highest stands first. Only the block that holds it is looked through a second time.
static int likeliest(const float * logits, int count) {
    constexpr int kBlock = 1024;
    float highest = -std::numeric_limits<float>::infinity();
    int block = -1;
    for (int begin = 0; begin < count; begin += kBlock) {
        const float here = highest_of(logits + begin, std::min(kBlock, count - begin));
        if (here > highest) {
            highest = here;
            block = begin;
        }
    }
    return block < 0 ? -1 : static_cast<int>(std::find(logits + block, logits + count, highest) - logits);
}

// ln(sum_i e^l[i]) = m + ln(sum_i e^(l[i] - m)), m the highest; single precision within a block, double over blocks.
static double log_sum_exp(const float * logits, int count) {
    constexpr int kBlock = 1024;
    const float highest = highest_of(logits, count);
    const Vector less = Lanes::all(-highest);
    double sum = 0;
    for (int begin = 0; begin < count; begin += kBlock) {
        const int end = std::min(begin + kBlock, count);
        Vector sums = Lanes::zero();
        int i = begin;
        for (; i + Lanes::kCount <= end; i += Lanes::kCount) {
            sums = Lanes::add(sums, exp_negative(Lanes::add(Lanes::load(logits + i), less)));
        }
        sum += Lanes::sum(sums);
        for (; i < end; i++) {
            sum += std::exp(logits[i] - highest);
        }
    }
    return highest + std::log(sum);
}

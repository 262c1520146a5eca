// The kernels' bodies, compiled once for the base instruction set and once for
// AVX2. Included by kernels.cc and kernels_avx2.cc alone, each inside its own
// unnamed namespace; hence no include guard and no includes here.

using Lanes = float __attribute__((vector_size(32)));
constexpr int kWide = 8;

// By reference: a 32-byte vector by value has no ABI without AVX.
inline void Load(const float* from, Lanes& lanes) {
  __builtin_memcpy(&lanes, from, sizeof(lanes));
}

inline void Store(float* to, const Lanes& lanes) {
  __builtin_memcpy(to, &lanes, sizeof(lanes));
}

void Project(const float* directions, const float* block, int rows,
             int features, float* projected) {
  for (int level = 0; level < kTreeDepth; level += 2) {
    const float* first = directions + level * features;
    const float* second = first + features;
    for (int i = 0; i < rows; i += 4 * kWide) {
      Lanes a0{}, a1{}, a2{}, a3{}, b0{}, b1{}, b2{}, b3{};
      for (int f = 0; f < features; ++f) {
        const float* x = block + f * kBlockRows + i;
        Lanes x0, x1, x2, x3;
        Load(x, x0), Load(x + kWide, x1);
        Load(x + 2 * kWide, x2), Load(x + 3 * kWide, x3);
        a0 += x0 * first[f], a1 += x1 * first[f];
        a2 += x2 * first[f], a3 += x3 * first[f];
        b0 += x0 * second[f], b1 += x1 * second[f];
        b2 += x2 * second[f], b3 += x3 * second[f];
      }
      float* out = projected + level * kBlockRows + i;
      Store(out, a0), Store(out + kWide, a1);
      Store(out + 2 * kWide, a2), Store(out + 3 * kWide, a3);
      out += kBlockRows;
      Store(out, b0), Store(out + kWide, b1);
      Store(out + 2 * kWide, b2), Store(out + 3 * kWide, b3);
    }
  }
}

void Distances(const float* query, const float* rows, int stride, int features,
               int count, float* distances) {
  for (int i = 0; i < count; i += 2 * kWide) {
    Lanes a{}, b{};
    const float* x = rows + i;
    for (int f = 0; f < features; ++f, x += stride) {
      Lanes da, db;
      Load(x, da), Load(x + kWide, db);
      da -= query[f], db -= query[f];
      a += da * da;
      b += db * db;
    }
    Store(distances + i, a);
    Store(distances + i + kWide, b);
  }
}

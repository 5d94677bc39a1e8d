#pragma once

// The kernels of LoRA training, as Java sees them. Matrices are row-major and dense; sizes are in elements. Each function returns 0, or another
// number where it refused or failed: graft_lora_error() then says why, to the thread that called. Nothing is written then that can be relied on.

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct graft_pool graft_pool;

// Why the last call of this thread failed.
const char * graft_lora_error(void);

// Threads that the kernels share out their work to, the caller's among them: they sleep where no kernel comes soon. NULL where it can't be made.
// They have the scheduling priority of the thread that calls this.
graft_pool * graft_pool_open(int threads);
void graft_pool_close(graft_pool * pool);

// So many bytes, all 0, in huge pages where the kernel has them; NULL where there are none.
void * graft_memory_open(int64_t bytes);
void graft_memory_close(void * memory, int64_t bytes);

// Kernels use at most this instruction set from now on, for all pools: 0 plain x86-64, 1 AVX2, 2 AVX-512. Returns which one they use: the processor's
// own where that is less. AMX is used with 2 alone, where it is there; other products are oneDNN's, which picks by itself. For tests; not while a
// kernel runs.
int graft_limit_isa(int most);

// Whether products of bf16 are native here (AVX512_BF16 or AMX).
int graft_has_bf16(void);

// The instruction set that oneDNN takes for products here, by its own name: cpu_isa_avx2, cpu_isa_avx512_core_amx, ...
const char * graft_product_isa(void);

// out[elements] = the numbers of a GGUF tensor of this ggml type
int graft_dequantize(graft_pool * pool, int type, const void * in, int64_t elements, float * out);
// out[rows][width] = rows of table[vocabulary][width]
int graft_embed(graft_pool * pool, int type, const void * table, int64_t vocabulary, int64_t width, const int32_t * tokens, int64_t rows,
                float * out);

// y[rows][outputs] (+)= x[rows][inputs] * W[outputs][inputs]^T, and its backward dx (+)= dy * W; half: products in bf16
int graft_linear_forward(graft_pool * pool, int half, const float * x, int64_t rows, int type, const void * w, int64_t outputs, int64_t inputs,
                         int add, float * y);
int graft_linear_backward(graft_pool * pool, int half, const float * dy, int64_t rows, int type, const void * w, int64_t outputs, int64_t inputs,
                          int add, float * dx);
// c[m][n] (+)= op(a) * op(b), where op(a) is [m][k] and op(b) is [k][n]; transposed: the matrix lies in memory the other way round
int graft_product(graft_pool * pool, const float * a, int a_transposed, const float * b, int b_transposed, int64_t m, int64_t n, int64_t k, int add,
                  float * c);

int graft_rmsnorm_forward(graft_pool * pool, const float * x, const float * w, int64_t rows, int64_t width, float epsilon, float * y,
                          float * inverse);
int graft_rmsnorm_backward(graft_pool * pool, const float * dy, const float * x, const float * w, const float * inverse, int64_t rows, int64_t width,
                           int add, float * dx);

// Rotates x[rows][heads][width] in place; table[positions][width/2][2] holds cosine and sine. layout 0: pairs (2i, 2i+1); 1: (i, i + width/2).
int graft_rope(graft_pool * pool, float * x, int64_t rows, int64_t heads, int64_t width, const int32_t * position, const float * table,
               int64_t positions, int layout, int backward);

// half: products in bf16 where the processor has AMX; starts[segments + 1]: rows of each segment; prefix: rows of the first that all others see too,
// 0 for none
int graft_attention_forward(graft_pool * pool, int half, const float * q, const float * k, const float * v, const int32_t * starts, int64_t segments,
                            int64_t prefix, int64_t heads, int64_t kv_heads, int64_t width, float * out, float * lse);
int graft_attention_backward(graft_pool * pool, int half, const float * dout, const float * out, const float * q, const float * k, const float * v,
                             const float * lse, const int32_t * starts, int64_t segments, int64_t prefix, int64_t heads, int64_t kv_heads,
                             int64_t width, float * dq, float * dk, float * dv);

int graft_swiglu_forward(graft_pool * pool, const float * gate, const float * up, int64_t count, float * out);
int graft_swiglu_backward(graft_pool * pool, const float * dout, const float * gate, const float * up, int64_t count, float * dgate, float * dup);

// log_p[rows] of each row's target; dx[rows][width] (+ nothing) = scale * d(-sum log_p)/dx, or NULL
int graft_cross_entropy(graft_pool * pool, int half, const float * x, int64_t rows, int64_t width, int type, const void * w, int64_t vocabulary,
                        const int32_t * targets, float scale, float * log_p, float * dx);

// y (+)= x * mask / (1 - p); the mask follows from seed, stream and the element's index alone
int graft_dropout(graft_pool * pool, const float * x, int64_t count, float p, uint64_t seed, uint64_t stream, int add, float * y);

int graft_add(graft_pool * pool, const float * x, int64_t count, float * y);  // y += x
int graft_scale(graft_pool * pool, float by, int64_t count, float * y);       // y *= by
int graft_gather(graft_pool * pool, const float * x, int64_t from_rows, int64_t width, const int32_t * row, int64_t rows, float * y);
int graft_scatter(graft_pool * pool, const float * x, int64_t rows, int64_t width, const int32_t * row, int64_t to_rows, float * y);
int graft_sum_of_squares(graft_pool * pool, const float * x, int64_t count, double * sum);
int graft_adamw(graft_pool * pool, float * weight, const float * gradient, float * first, float * second, int64_t count, double learning_rate,
                double beta1, double beta2, double epsilon, double decay, int64_t step, double gradient_scale);

#ifdef __cplusplus
}
#endif

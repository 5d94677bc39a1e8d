package dev.graft.lora;

/** The kernels' mathematics in double precision, as plainly as can be. */
final class Reference {
    private Reference() {}

    static double[] rmsNorm(double[] x, double[] w, double epsilon) {
        int width = w.length;
        double[] y = new double[x.length];
        for (int row = 0; row < x.length / width; row++) {
            double squares = 0;
            for (int i = 0; i < width; i++) {
                squares += Math.pow(x[row * width + i], 2);
            }
            double inverse = 1 / Math.sqrt(squares / width + epsilon);
            for (int i = 0; i < width; i++) {
                y[row * width + i] = x[row * width + i] * inverse * w[i];
            }
        }
        return y;
    }

    static double[] swiGlu(double[] gate, double[] up) {
        double[] out = new double[gate.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
        }
        return out;
    }

    /** a [m][k] · b [k][n]. */
    static double[] product(double[] a, double[] b, int m, int n, int k) {
        double[] c = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int l = 0; l < k; l++) {
                    c[i * n + j] += a[i * k + l] * b[l * n + j];
                }
            }
        }
        return c;
    }

    static double[] transposed(double[] a, int rows, int columns) {
        double[] b = new double[a.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                b[j * rows + i] = a[i * columns + j];
            }
        }
        return b;
    }

    static double[] attention(
            double[] q, double[] k, double[] v, Segments segments, int heads, int kvHeads, int width) {
        double[] out = new double[q.length];
        for (int segment = 0; segment < segments.count(); segment++) {
            int own = segments.starts()[segment];
            int prefix = segment == 0 ? 0 : segments.prefix();
            for (int row = own; row < segments.starts()[segment + 1]; row++) {
                for (int head = 0; head < heads; head++) {
                    int count = prefix + row - own + 1;
                    int keyHead = head / (heads / kvHeads);
                    double[] p = new double[count];
                    double sum = 0;
                    for (int j = 0; j < count; j++) {
                        int key = j < prefix ? j : own + j - prefix;
                        for (int i = 0; i < width; i++) {
                            p[j] += q[(row * heads + head) * width + i] * k[(key * kvHeads + keyHead) * width + i];
                        }
                        p[j] = Math.exp(p[j] / Math.sqrt(width));
                        sum += p[j];
                    }
                    for (int j = 0; j < count; j++) {
                        int key = j < prefix ? j : own + j - prefix;
                        for (int i = 0; i < width; i++) {
                            out[(row * heads + head) * width + i] +=
                                    p[j] / sum * v[(key * kvHeads + keyHead) * width + i];
                        }
                    }
                }
            }
        }
        return out;
    }

    /** Log-probability of each row's target; w [vocabulary][width]. */
    static double[] logProbabilities(double[] x, double[] w, int width, int[] targets) {
        double[] logP = new double[targets.length];
        for (int row = 0; row < targets.length; row++) {
            double sum = 0;
            for (int token = 0; token < w.length / width; token++) {
                double logit = 0;
                for (int i = 0; i < width; i++) {
                    logit += x[row * width + i] * w[token * width + i];
                }
                sum += Math.exp(logit);
                logP[row] += token == targets[row] ? logit : 0;
            }
            logP[row] -= Math.log(sum);
        }
        return logP;
    }
}

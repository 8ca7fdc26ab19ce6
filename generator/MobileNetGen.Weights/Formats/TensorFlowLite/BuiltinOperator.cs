
namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>The codes of TensorFlow Lite's built-in operators, under the schema's own names, which messages show.</summary>
internal static class BuiltinOperator
{
    public const int Add = 0;
    public const int AveragePool = 1;
    public const int Convolution = 3;
    public const int Depthwise = 4;
    public const int Dequantize = 6;
    public const int FullyConnected = 9;
    public const int Relu = 19;
    public const int Relu6 = 21;
    public const int Reshape = 22;
    public const int Softmax = 25;
    public const int Custom = 32;
    public const int Pad = 34;
    public const int Mean = 40;
    public const int Squeeze = 43;
    public const int Maximum = 55;
    public const int Minimum = 57;
    public const int PadV2 = 60;
    public const int Quantize = 114;

    private static readonly string[] s_names = string.Concat(
        "ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP FLOOR FULLY_CONNECTED ",
        "HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU ",
        "RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH CONCAT_EMBEDDINGS ",
        "SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE ",
        "MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT ",
        "LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM ARG_MAX MINIMUM LESS NEG ",
        "PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE TILE ",
        "EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN ",
        "FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN ",
        "FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE ",
        "MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N GATHER_ND COS WHERE ",
        "RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE ",
        "NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL").Split(' ');

    /// <summary>The schema's name of a code, or the code itself where it is newer than this list; those are none of a MobileNet's.</summary>
    public static string Name(int code) => code >= 0 && code < s_names.Length ? s_names[code] : $"built-in operator {code}";
}
